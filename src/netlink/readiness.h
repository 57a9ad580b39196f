#pragma once

#include "netlink/socket.h"

#include <string>
#include <vector>

namespace netlab {

struct LinkReadiness {
    bool all_up = false;
    std::string waiting_for; ///< the name of one interface that is not there yet; empty if all are

    explicit operator bool() const { return all_up; }
};

/// Whether packets pass: every veth, TAP and bridge of the socket's namespace is up and operational
/// (RFC 2863), and every bridge port forwards or is blocked by STP. The kernel sees a carrier some
/// time after both ends are set up, and drops packets until then. One dump, so cheap enough to ask
/// again and again.
///
/// `down_on_purpose` are the indices not to wait for; a veth whose other end stays down is one of
/// them. A bridge is waited for only if it has a port that is. Throws RequestError.
LinkReadiness links_ready(Socket& socket, const std::vector<int>& down_on_purpose = {});

/// Whether the interface has taken note of its carrier, so that it passes packets; true also for
/// one that is down, has no carrier or is not there, for which there is nothing to wait. Since
/// Linux 6.8 the question itself makes the kernel take note; before, that takes up to a second.
/// Throws RequestError.
bool carrier_noted(Socket& socket, int index);

} // namespace netlab
