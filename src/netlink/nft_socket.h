#pragma once

#include "netlink/batch.h"
#include "sys/unique_fd.h"

#include <cstdint>
#include <string>
#include <string_view>

// In front of linux/in.h, which it excludes otherwise.
#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

namespace netlab {

/// nftables in the network namespace that the calling thread was in when this was made. The tables
/// that were made as owned (see begin_table) belong to this socket: nobody else can change them,
/// and the kernel takes them away when the last process that holds it ends.
class NftSocket {
public:
    /// Throws std::system_error.
    NftSocket();

    /// Carries the requests out in one transaction. Throws std::system_error, "cannot <attempt>:
    /// …"; then none is carried out.
    void execute(const Batch& requests, const std::string& attempt);

    /// Another descriptor of it, which keeps its tables. Throws std::system_error.
    UniqueFd duplicate() const;

private:
    UniqueFd socket_;
    std::uint32_t next_sequence_ = 1;
};

/// The first of nftables's registers of 16 bytes, which all expressions below use.
inline constexpr std::uint32_t nft_register = NFT_REG_1;

/// Numbers of nftables are in network byte order.
void put_nft_number(Batch& batch, std::uint16_t attribute, std::uint32_t number);
/// Strings of nftables end with a NUL.
void put_nft_name(Batch& batch, std::uint16_t attribute, std::string_view name);

/// Starts a request of nftables (NFT_MSG_…) about tables of `family` (NFPROTO_…).
void begin_nft(Batch& batch, std::uint16_t message, std::uint16_t flags, std::uint8_t family);

/// Equivalent to: `nft create table FAMILY NAME`, with `flags owner` (NFT_TABLE_F_OWNER, Linux
/// 5.12) if `owned`.
void begin_table(Batch& batch, std::uint8_t family, std::string_view name, bool owned);

/// One expression of a rule; `body` puts its attributes.
template <class Body>
void nft_expression(Batch& batch, std::string_view name, Body body) {
    batch.nest(NFTA_LIST_ELEM, [&] {
        put_nft_name(batch, NFTA_EXPR_NAME, name);
        batch.nest(NFTA_EXPR_DATA, body);
    });
}

/// Loads what the kernel knows of a packet (NFT_META_…).
void load_meta(Batch& batch, std::uint32_t key);
/// Loads `length` bytes of a packet, from `offset` in a header (NFT_PAYLOAD_…_HEADER).
void load_payload(Batch& batch, std::uint32_t header, std::uint32_t offset, std::uint32_t length);
/// Loads the source address of an IP packet of `family`.
void load_source(Batch& batch, Family family);
/// The rule goes on if what was loaded compares so (NFT_CMP_…).
void compare(Batch& batch, std::uint32_t operation, std::string_view with);

} // namespace netlab
