#pragma once

#include "base/address.h"
#include "base/duration.h"
#include "control/fault_request.h"
#include "control/link_request.h"
#include "fault/clocks.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// What the words after `netlab up` say.
struct UpOptions {
    std::string file;
    std::string lab; ///< instead of the file's name
    bool dry_run = false;
    bool json = false;
    std::chrono::seconds timeout{120};
    int verbosity = 0;
};

/// What the words after `netlab run` say.
struct RunCommandOptions {
    std::string file;
    std::string lab; ///< empty: the file's name, or the next free one like it
    std::vector<std::string> command;
    std::chrono::seconds timeout{120};
};

/// What the words after `netlab test` say.
struct TestOptions {
    std::string file;
    std::string output; ///< folder of the run; empty: one in ./netlab-runs
    std::string junit;  ///< file for a report
    bool tap = false;
    bool json = false;
    bool keep = false;
    std::size_t times = 1;
    std::size_t parallel = 1;
    std::optional<std::uint64_t> seed; ///< instead of the file's
    std::vector<std::string> set;      ///< parameters: NAME=VALUE
    std::chrono::seconds timeout{120}; ///< for set-up commands, as of `up`
};

struct CheckOptions {
    std::vector<std::string> files;
    bool json = false;
};

struct LsOptions {
    bool json = false;
    bool names = false; ///< for completion: a lab a line
    bool nodes = false; ///< for completion: a node of the lab a line
    std::string lab;
};

struct InspectOptions {
    std::vector<std::string> nodes;
    std::string lab;
    bool json = false;
};

struct ExecOptions {
    std::string node; ///< a pattern: see select_nodes
    std::vector<std::string> command;
    std::string lab;
    bool json = false;
};

struct LinkOptions {
    std::vector<std::string> targets; ///< links, or ends of links: see LinkChange
    std::string lab;
    bool json = false;
    bool names = false;                      ///< for completion: a link a line
    Properties properties;                   ///< of `set`
    Duration time = std::chrono::seconds{4}; ///< of `measure`
};

struct DownOptions {
    std::string lab;
    bool all = false;
    std::chrono::milliseconds timeout{10'000}; ///< for services to end by themselves
};

struct LogsOptions {
    std::vector<std::string> targets; ///< NODE or NODE/SERVICE
    std::string lab;
    bool follow = false;
    std::optional<Duration> since;
    std::optional<std::size_t> lines;
    bool json = false;
};

struct PsOptions {
    std::vector<std::string> nodes;
    std::string lab;
    bool json = false;
    bool names = false; ///< for completion: NODE/SERVICE a line
};

struct PingOptions {
    std::vector<std::string> from; ///< patterns: see select_nodes
    std::vector<std::string> to;
    std::string lab;
    std::optional<Family> family; ///< only this one
    Duration patience = std::chrono::seconds{1};
    bool json = false;
};

struct DoctorOptions {
    bool json = false;
};

enum class RunVerb { stop, start, restart };

struct RunOptions {
    std::vector<std::string> targets; ///< NODE or NODE/SERVICE
    std::string lab;
    std::chrono::milliseconds timeout{0}; ///< before SIGKILL; 0: each service's own
    bool wipe = false;                    ///< of start: killed nodes, without their files
};

/// Of `pause`, `resume` and `kill`.
struct PauseOptions {
    std::vector<std::string> nodes;
    std::string lab;
};

/// Of `clock`.
struct ClockOptions {
    std::vector<std::string> nodes; ///< patterns: see select_nodes
    ClockChange change;
    std::string lab;
    bool json = false;
};

/// Of `partition`, `heal` and `faults`.
struct FaultOptions {
    FaultRequest request;
    std::string lab;
    bool json = false;
    bool names = false; ///< for completion: an id a line
};

struct TopOptions {
    std::vector<std::string> nodes;
    std::string lab;
    std::optional<std::size_t> rounds; ///< tables shown before it ends
    bool json = false;
};

} // namespace netlab
