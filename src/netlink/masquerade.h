#pragma once

#include "base/address.h"
#include "netlink/nft_socket.h"

#include <optional>
#include <string>

namespace netlab {

/// What leaves by `interface` gets the interface's own address as its source (NAT, RFC 3022).
struct Masquerade {
    std::string table;               ///< name of an nftables table, which must not be there yet
    std::string interface;           ///< that packets leave by; with `!` in front: any but that
    std::optional<IpAddress> source; ///< of whose packets; nullopt: everybody's, of both families
    bool owned = false; ///< the table is the socket's; else it stays as long as the namespace
};

/// Equivalent to: `nft add table … { chain postrouting { type nat hook postrouting priority srcnat;
/// [ip saddr SOURCE] oifname [!=] INTERFACE masquerade } }`. Throws std::system_error.
void add_masquerade(NftSocket& socket, const Masquerade& rule);

} // namespace netlab
