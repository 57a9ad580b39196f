#pragma once

#include "base/address.h"
#include "sys/unique_fd.h"

#include <string>

namespace netlab {

/// The network that slirp4netns plays for one interface.
struct SlirpNetwork {
    IpPrefix subnet; ///< IPv4, /25 or wider: .2 is the gateway, .3 the name server
    bool ipv6 = false;
};

/// Starts slirp4netns(1) and returns when the interface `uplink` is in the network namespace
/// `netns`. The process stays in the host's network, as its user, but in the PID and user
/// namespaces of `supervisor`: the kernel ends it with the lab. It ends before, when the last copy
/// of the descriptor that is returned is closed. Throws std::system_error, and std::runtime_error
/// with what the program says.
UniqueFd start_slirp(const std::string& program, const SlirpNetwork& network, const UniqueFd& netns,
                     const UniqueFd& supervisor);

/// Where the program is, by PATH; empty if it is not there.
std::string find_slirp();

} // namespace netlab
