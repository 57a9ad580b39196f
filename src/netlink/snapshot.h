#pragma once

#include "netlink/batch.h"
#include "netlink/socket.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace netlab {

/// What the kernel forgets of an interface when it is taken out and another put in its place: its
/// MTU, its addresses, the routes over it that somebody set (not those that come with the addresses
/// or from a routing daemon, which puts them back itself), its permanent neighbours, and whether it
/// was up.
class InterfaceSnapshot {
public:
    /// Of the interface `index` in the socket's network namespace. Throws RequestError.
    InterfaceSnapshot(Socket& socket, int index);

    bool up() const { return up_; }
    /// The bridge that it is a port of, 0 for none.
    int bridge() const { return bridge_; }

    /// Requests that put all of it back on an interface of the same index: bridge, up, addresses,
    /// neighbours, routes.
    void restore(Batch& batch, Tag tag) const;

private:
    void read_link(Socket& socket);
    void read_items(Socket& socket, std::uint16_t dump, std::uint16_t item);
    bool belongs(const nlmsghdr& message) const;

    int index_;
    bool up_ = false;
    std::uint32_t mtu_ = 0; ///< 0: not known
    int bridge_ = 0;
    std::vector<std::vector<std::byte>> items_; ///< RTM_NEW… messages as the kernel dumped them
};

} // namespace netlab
