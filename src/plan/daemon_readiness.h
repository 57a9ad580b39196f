#pragma once

#include "base/address.h"
#include "plan/daemon_map.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace netlab {

// Shell commands that end with 0 when a routing daemon has learned what it will; empty where there
// is nothing to wait for.

inline constexpr std::chrono::seconds longest_convergence{30};
/// Up to five seconds for each router that is passed (RFC 2453 section 3.10.1).
inline constexpr std::chrono::seconds rip_convergence =
    longest_convergence + most_rip_hops * std::chrono::seconds{5};

/// Waits for as many routes as will be learned, but not for ever: a lab is also started, or a
/// router restarted, where a node is stopped, a link is cut or loses what routers say. `protocol`
/// is the word or number that iproute2 has for it.
std::string learned(Family family, std::string_view protocol, std::string_view daemon,
                    std::size_t count, std::chrono::seconds patience = longest_convergence);

/// For OSPF, which may know all destinations before it knows the shortest ways: beyond that each
/// interface that meets another router has a neighbour in the state Full (RFC 2328 section 10.1),
/// and the routes stand still. Until then a packet may go in circles.
std::string settled(Family family, std::string_view daemon, const DaemonRouter& router);

/// Routers of one autonomous system do not take routes that have passed through it (RFC 4271
/// section 9.1.2), so that where some share one it is waited for the sessions, and for a table that
/// stands still.
std::string established(const DaemonRouter& router);

/// Both conditions in one.
std::string both(const std::string& one, const std::string& other);

} // namespace netlab
