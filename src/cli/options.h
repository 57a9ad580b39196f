#pragma once

#include "base/duration.h"
#include "control/link_request.h"

#include <chrono>
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
};

} // namespace netlab
