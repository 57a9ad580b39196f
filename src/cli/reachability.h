#pragma once

#include "control/client.h"
#include "packet/ping.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// An address of a node, and whether it answered.
struct ReachedAddress {
    IpAddress address;
    PingOutcome outcome;
};

/// What one node's name means to another, as indices in the lists of names.
struct ReachedPair {
    std::size_t from = 0;
    std::size_t to = 0;
    std::vector<ReachedAddress> addresses; ///< of the families that both have, IPv4 first

    bool answered() const;
};

/// Who reaches whom.
struct Reachability {
    std::vector<std::string> from;  ///< in file order, those with an address
    std::vector<std::string> to;    ///< likewise
    std::vector<ReachedPair> pairs; ///< each of `from` with each of `to`, but none with itself

    bool all_answered() const;
};

/// Which nodes to ask, as patterns (see select_nodes), and how.
struct ReachRequest {
    std::vector<std::string> from;
    std::vector<std::string> to;
    std::optional<Family> family{}; ///< only this one
    PingPace pace{};
};

/// Pings, from each node of `from`, what the names of the nodes of `to` mean in the lab, all at
/// once; from a few hundred nodes at a time, fewer where few files may be open. Moves this process
/// into the lab's user namespace for good. Throws InputError for unknown nodes and where nobody has
/// an address, std::system_error.
Reachability reachability(LabClient& client, const ReachRequest& request);

} // namespace netlab
