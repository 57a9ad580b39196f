#pragma once

#include "base/duration.h"
#include "base/source.h"
#include "document/document.h"
#include "scenario/text_wish.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace netlab {

/// Nodes as commands name them: `n1`, `n[1-3]`, `@label`, `all`.
using NodePatterns = std::vector<std::string>;

/// Which end of a command is the one that was meant.
struct ExitWish {
    enum class Kind : std::uint8_t { code, not_zero, any } kind = Kind::code;
    int code = 0;

    bool holds(int exit_code) const {
        return kind == Kind::any || (kind == Kind::code ? exit_code == code : exit_code != 0);
    }
};
/// `exit 0`, `an exit code other than 0`, `any exit code`.
std::string to_string(const ExitWish& wish);

/// A command in nodes; it has to end in time.
struct ExecAction {
    NodePatterns nodes;
    std::vector<std::string> command;
    ExitWish exit;
    Duration timeout = std::chrono::minutes{1};
};

/// A command that goes on beside what follows, until the scenario ends or `end` names it.
struct BackgroundAction {
    std::string name;
    std::string node;
    std::vector<std::string> command;
};

/// The end of a command in the background: SIGTERM, and SIGKILL after a second.
struct EndAction {
    std::string name;
};

/// A pause, or until nodes are ready.
struct WaitAction {
    std::optional<Duration> time;
    NodePatterns ready;
    Duration within = std::chrono::seconds{30};
};

/// Packets between sides are dropped.
struct PartitionAction {
    std::vector<NodePatterns> sides;
    bool one_way = false;              ///< what the first side sends no longer reaches the second
    std::string shape;                 ///< bridge, ring, majority-ring, halves, isolate:NODE
    NodePatterns among;                ///< of a shape: these; empty: all
    std::vector<std::string> cut;      ///< two nodes that the fewest links are cut between
    std::optional<std::uint64_t> seed; ///< of the order of a shape's nodes; else the file's
};

/// The end of a fault that has a name; without one, of all faults.
struct HealAction {
    std::string name;
};

enum class LinkWord : std::uint8_t { set, reset, clear, down, up };

/// `delay` and `300ms`, …
using LinkProperties = std::vector<std::pair<std::string, std::string>>;

struct LinkAction {
    LinkWord word = LinkWord::set;
    std::vector<std::string> targets;
    LinkProperties properties; ///< of set
};

enum class NodeWord : std::uint8_t { pause, resume, kill, start, stop, restart };

struct NodeAction {
    NodeWord word = NodeWord::pause;
    std::vector<std::string> targets; ///< of start, stop and restart also NODE/SERVICE
    bool wipe = false;                ///< of start: killed nodes start without their files
    std::optional<Duration> timeout;  ///< of stop and restart, before SIGKILL
};

/// What happens to the wall clocks of nodes; see ClockChange.
struct ClockAction {
    NodePatterns nodes;
    bool reset = false;
    std::optional<std::int64_t> drift; ///< parts in a thousand million
    std::optional<Duration> jump;
};

/// Ends between which something is measured or asked.
struct Between {
    NodePatterns from;
    NodePatterns to;
    int family = 0; ///< 4, 6, or 0: whichever the lab has
};

struct CommandSubject {
    NodePatterns nodes;
    std::vector<std::string> command;
    ExitWish exit;
    TextWish out;
    TextWish err;
    Duration timeout = std::chrono::seconds{10}; ///< of each attempt
};
struct BackgroundSubject {
    std::string name;
    std::optional<ExitWish> exit; ///< nullopt: whether it has ended is not asked
    TextWish out;
    TextWish err;
};
struct PingSubject {
    Between between;
    bool reachable = true;
};
struct PathSubject {
    Between between;
    std::vector<std::string> hops; ///< names of nodes, or addresses; the last is the end
};
/// A figure and what it may be at least and at most, in `unit`s.
struct BoundsSubject {
    enum class Figure : std::uint8_t { rtt, loss, throughput } figure = Figure::rtt;
    Between between;
    std::optional<double> least; ///< seconds, a share, or bits in a second
    std::optional<double> most;
    int count = 5;                                  ///< of packets
    Duration every = std::chrono::milliseconds{20}; ///< between two packets
    Duration time = std::chrono::seconds{2};        ///< of throughput
};
struct RouteSubject {
    NodePatterns nodes;
    std::string to;               ///< a prefix, `default`
    std::vector<std::string> via; ///< nodes, addresses or interfaces; empty: any
    bool present = true;
};
struct FileSubject {
    NodePatterns nodes;
    std::string path;
    TextWish text;
    bool present = true;
};
struct ServiceSubject {
    NodePatterns nodes;
    std::string service; ///< empty: all of them
    std::string state;
};

using Subject = std::variant<CommandSubject, BackgroundSubject, PingSubject, PathSubject,
                             BoundsSubject, RouteSubject, FileSubject, ServiceSubject>;

/// What has to be true: at once, within a time, or all through a time.
struct ExpectAction {
    Subject subject;
    Duration within{};
    Duration throughout{};
    std::optional<Duration> every; ///< between two attempts
    std::optional<int> points;
};

/// Steps that come again. They are drawn anew each time (see draw_steps).
struct RepeatAction {
    std::int64_t times = 1;
    std::optional<std::string> every; ///< a duration or a range, drawn each time
    List steps;
    /// A round begins when the last step of the one before was due, not when that has ended.
    bool by_schedule = false;
};

using Action =
    std::variant<WaitAction, ExecAction, BackgroundAction, EndAction, PartitionAction, HealAction,
                 LinkAction, NodeAction, ClockAction, ExpectAction, RepeatAction>;

/// When a step begins: when all steps before it have ended, unless `at` is set.
struct StepTime {
    enum class Kind : std::uint8_t {
        in_turn,    ///< when all steps before it have ended
        not_before, ///< so, but not before `time` after the beginning of the scenario
        after_step, ///< `time` after the beginning of the step before, whatever goes on
        from_begin, ///< `time` after the beginning of the scenario, whatever goes on
    } kind = Kind::in_turn;
    Duration time{};
};

/// One step, all choices made.
struct Step {
    std::string verb;  ///< `expect`
    std::string title; ///< the file's `name`, or made of what it does
    Span span;
    StepTime begin;
    Action action;
    std::optional<Duration> lasts; ///< `for`: a fault is ended again after this
    std::string as;                ///< name of the fault
    std::string written;           ///< as JSON, all choices made: a step of a scenario
};

/// A scenario whose steps have not been drawn yet.
struct Scenario {
    std::string name;
    std::string description;
    std::filesystem::path topology;
    Span topology_span;
    std::optional<std::uint64_t> seed;
    bool stop_on_failure = true; ///< at an expectation without points
    List steps;
};

} // namespace netlab
