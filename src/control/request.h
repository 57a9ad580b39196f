#pragma once

#include "base/limits.h"
#include "control/link_request.h"
#include "lab/lab.h"

#include <string>
#include <vector>

namespace netlab {

/// What a command asks of a supervisor.
struct Request {
    enum class Kind {
        nodes,  ///< what the selected nodes are
        visit,  ///< that, and a pidfd of each running one's PID 1
        join,   ///< the same, to run something in it
        links,  ///< what the links that `change.targets` name are; all for none
        change, ///< a change to links, and what they are then
    };

    Kind kind = Kind::nodes;
    std::vector<std::string> nodes; ///< patterns: see select_nodes
    LinkChange change{};
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
    std::string cgroup{}; ///< directory of its cgroup on the host, if it has limits
    Limits limits{};
};

/// An answer: nodes or links in file order, or what stood in the way.
struct Reply {
    std::vector<NodeAnswer> nodes;
    std::vector<LinkAnswer> links{};
    std::string error{};
    std::string hint{};
    bool refused = false; ///< the error is the kernel's, not a mistake of the user's
    bool last = true;     ///< false: more comes in the next reply
};

/// Between values and the JSON on the socket. The parsers throw std::runtime_error for what is not
/// of their form.
std::string to_json(const Request& request);
std::string to_json(const Reply& reply);
Request parse_request(const std::string& text);
Reply parse_reply(const std::string& text);

} // namespace netlab
