#pragma once

#include "netlink/link_requests.h"
#include "netlink/socket.h"
#include "support/world.h"
#include "sys/scoped_netns.h"

#include <string>

#include <nlohmann/json.hpp>

namespace netlab::test {

/// What `ip -json -details ARGUMENTS` prints in this thread's network namespace. Throws if it
/// fails.
nlohmann::json ip(const std::string& arguments);

/// The same in the network namespace of `neighbour`.
nlohmann::json ip_in(const Neighbour& neighbour, const std::string& arguments);

/// The one entry that `ip link show dev NAME` prints.
nlohmann::json link_in(const Neighbour& neighbour, const std::string& name);

/// `base/address.h`'s parsers for texts that are right.
MacAddress mac(const std::string& text);
IpAddress address(const std::string& text);
IpInterface interface_address(const std::string& text);
IpPrefix prefix(const std::string& text);

/// A network namespace of its own that this thread is in, and a socket there.
struct Home {
    Neighbour neighbour;
    ScopedNetns inside{neighbour.pid()};
    Socket socket;
};

/// Carries out what `requests` puts into a batch, with tag 0.
template <class Requests>
void carry_out(Socket& socket, const Requests& requests) {
    Batch batch;
    requests(batch);
    socket.execute(batch);
}

/// Asks links_ready until it agrees; throws after five seconds.
void wait_until_ready(Socket& socket);

} // namespace netlab::test
