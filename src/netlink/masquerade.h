#pragma once

#include "base/address.h"
#include "sys/unique_fd.h"

#include <optional>
#include <string>
#include <string_view>

namespace netlab {

/// What leaves by `interface` gets the interface's own address as its source (NAT, RFC 3022).
struct Masquerade {
    std::string table;               ///< name of an nftables table, which must not be there yet
    std::string interface;           ///< that packets leave by; with `!` in front: any but that
    std::optional<IpAddress> source; ///< of whose packets; nullopt: everybody's, of both families
};

/// nftables in the network namespace that the calling thread was in when this was made.
class NatSocket {
public:
    /// Throws std::system_error.
    NatSocket();

    /// Equivalent to: `nft add table … { chain postrouting { type nat hook postrouting priority
    /// srcnat; [ip saddr SOURCE] oifname [!=] INTERFACE masquerade } }`. The table belongs to this
    /// socket: nobody else can change it, and the kernel takes it away when the last process that
    /// holds the socket ends (NFT_TABLE_F_OWNER, Linux 5.12). Throws std::system_error.
    void add_owned(const Masquerade& rule);
    /// The same, with a table that stays as long as the network namespace.
    void add(const Masquerade& rule);

private:
    void execute(const Masquerade& rule, bool owned);

    UniqueFd socket_;
};

} // namespace netlab
