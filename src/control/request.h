#pragma once

#include "base/limits.h"
#include "control/clock_answer.h"
#include "control/fault_request.h"
#include "control/link_request.h"
#include "fault/clocks.h"
#include "lab/lab.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace netlab {

/// What a command asks of a supervisor.
struct Request {
    enum class Kind {
        nodes,  ///< what the selected nodes are
        names,  ///< what they are called, and nothing else
        visit,  ///< that, and a pidfd of each running one's PID 1
        join,   ///< the same, to run something in it
        links,  ///< what the links that `change.targets` name are; all for none
        change, ///< a change to links, and what they are then
        boards, ///< as `nodes`, and the board (see ServiceBoard) of each node with services
        stop,   ///< services or nodes are to end; answered as `nodes` when they have
        start,  ///< they are to run again, also killed ones; answered when they are ready
        part,   ///< nodes are to be apart; answered with the fault
        heal,   ///< faults are to be healed; answered with them
        faults, ///< what is broken
        pause,  ///< nodes are to stand still, as far as the supervisor can; answered as `nodes`
        resume, ///< they are to go on
        kill,   ///< they lose their power; answered when they have ended
        uplink, ///< the answer to a reply that asks for one: see Uplink
        clock,  ///< `clock` is done to their wall clocks; answered as `nodes`
        end,    ///< the lab is to end; answered at once
    };

    Kind kind = Kind::nodes;
    std::vector<std::string> nodes; ///< patterns: see select_nodes
    LinkChange change{};
    std::string service{};                 ///< of stop and start: only this one, of one node
    std::chrono::milliseconds patience{0}; ///< of stop, before SIGKILL; 0: each service's own
    FaultRequest fault{};
    ClockChange clock{};
    std::string command{}; ///< as it was given, for what shows it later
    bool wipe = false;     ///< of start: killed nodes start without their files
    std::string uplink{};  ///< its addresses, as text; what holds it comes along
    std::string refusal{}; ///< why there is none
};

/// A service as a command needs it. What comes from the node's PID 1 may be anything: the node's
/// root has power over it.
struct ServiceAnswer {
    std::string name;
    std::string state;
    std::int64_t pid = 0; ///< as the node numbers processes; 0 if it does not run
    std::uint64_t restarts = 0;
    std::int64_t exit_status = -1; ///< of its last end, as wait(2) has it; -1 before it
    double since = 0;              ///< it was started, or has ended: seconds since 1970
};

/// A node as a command needs it.
struct NodeAnswer {
    std::string name;
    std::string kind;
    bool running = false;
    std::string end; ///< how it ended, if it did
    std::map<std::string, std::string> env;
    std::string user;
    std::string workdir;
    std::int64_t pid = 0; ///< of its PID 1, as the lab numbers processes
    bool stopped = false;
    std::vector<ServiceAnswer> services{};
    std::string cgroup{}; ///< directory of its cgroup on the host, if it has limits
    Limits limits{};
    std::vector<PublishedPort> publish{};
    bool paused = false;
    ClockAnswer clock{};
    std::vector<IpAddress> addresses{}; ///< what its name means in the lab: one of each family
    std::string lost_files{};           ///< why its files could not be kept, if it was killed
};

/// A node that starts again needs an uplink, which only the command can make. Its network namespace
/// comes along.
struct UplinkWanted {
    std::string node;                 ///< empty: none does
    std::vector<std::string> taken{}; ///< subnets of the lab's own, 10.0.0.0/24
};

/// An answer: nodes or links in file order, faults by age, or what stood in the way.
struct Reply {
    std::vector<NodeAnswer> nodes;
    std::vector<LinkAnswer> links{};
    std::vector<FaultAnswer> faults{};
    std::string error{};
    std::string hint{};
    bool refused = false; ///< the error is the kernel's, not a mistake of the user's
    bool last = true;     ///< false: more comes in the next reply
    UplinkWanted uplink{};
};

/// Between values and the JSON on the socket. The parsers throw std::runtime_error for what is not
/// of their form.
std::string to_json(const Request& request);
std::string to_json(const Reply& reply);
Request parse_request(const std::string& text);
Reply parse_reply(const std::string& text);

} // namespace netlab
