#pragma once

#include "base/address.h"
#include "netlink/nft_socket.h"

#include <string>
#include <vector>

namespace netlab {

/// Addresses of one family from one to another, both among them.
struct AddressRange {
    IpAddress first;
    IpAddress last;

    bool operator==(const AddressRange&) const = default;
};

/// Whose packets a network namespace does not hear.
struct Deafness {
    std::vector<MacAddress> macs;     ///< senders on the same link
    std::vector<AddressRange> ranges; ///< senders anywhere; rising, apart from each other

    bool empty() const { return macs.empty() && ranges.empty(); }
};

/// What makes network namespaces deaf: worked out once, for any number of them. Equivalent to an
/// owned `nft add table inet TABLE { set …; chain deaf { type filter hook prerouting priority raw;
/// icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; ether saddr @macs drop; ip saddr
/// @ipv4 drop; ip6 saddr @ipv6 drop } }`.
class DeafTable {
public:
    DeafTable(std::string name, const Deafness& deafness);

    /// From now on the namespace of `socket` drops, before anything else looks at them, IPv4 and
    /// IPv6 packets from these senders; only neighbour discovery (RFC 4861) and ARP pass, so that
    /// no address becomes unreachable and connections see nothing but silence. Throws
    /// std::system_error; then no such table is there.
    void put_in(NftSocket& socket) const;

private:
    std::string name_;
    std::vector<Batch> transactions_; ///< one, but for thousands of senders
};

/// Puts such a table in one namespace.
inline void go_deaf(NftSocket& socket, const std::string& table, const Deafness& deafness) {
    DeafTable{table, deafness}.put_in(socket);
}

/// Equivalent to: `nft delete table inet TABLE`. Throws std::system_error.
void hear_again(NftSocket& socket, const std::string& table);

/// Deletes every such table of the socket's, and the inet tables that are nobody's: for a
/// namespace that is about to end. Throws std::system_error.
void hear_all(NftSocket& socket);

} // namespace netlab
