#pragma once

#include "base/address.h"
#include "cli/visit_nodes.h"
#include "control/link_request.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace netlab {

/// An end of a link as the kernel has it now.
struct LinkEndState {
    /// up, cut (by `link down`), down (switched off in the node), no-carrier (the other end is),
    /// ended (its node has), gone (someone took the interface away).
    std::string state;
    std::uint64_t sent = 0;    ///< frames that were to leave here, the dropped ones among them
    std::uint64_t dropped = 0; ///< of these: lost on purpose or for want of room
    std::uint64_t waiting = 0; ///< of these: now in the queue or on the line
    MacAddress mac;
    std::uint32_t mtu = 0;
};

/// By the names of the ends: `r1:eth1`.
using LinkEndStates = std::map<std::string, LinkEndState>;

std::string name_of(const LinkEndAnswer& end);

/// The ends of `link` that are among `targets`, in the order of those.
std::vector<LinkEndAnswer> named_ends(const LinkAnswer& link,
                                      const std::vector<std::string>& targets);

/// Whether the link itself is among `targets`, not only ends of it.
bool names_link(const LinkAnswer& link, const std::vector<std::string>& targets);

/// The names of the nodes at the ends of these links, each once.
std::vector<std::string> nodes_at(const std::vector<LinkAnswer>& links);

/// Reads all ends of the links, each in its own node. Throws std::system_error.
LinkEndStates read_end_states(NodeVisits& visits, const std::vector<LinkAnswer>& links);

} // namespace netlab
