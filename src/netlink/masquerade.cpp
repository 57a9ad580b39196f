#include "netlink/masquerade.h"

#include "netlink/batch.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace netlab {

namespace {

using namespace std::string_view_literals;

/// nft's "srcnat" (NF_IP_PRI_NAT_SRC).
constexpr std::uint32_t source_nat_priority = 100;
constexpr auto chain = "postrouting"sv;
constexpr std::size_t name_bytes = 16; // IFNAMSIZ; <net/if.h> and <linux/if.h> exclude each other
/// The first of nftables's registers of 16 bytes.
constexpr std::uint32_t a_register = NFT_REG_1;

// Headers from include/uapi/linux/netfilter/nf_tables_compat.h are not in older ones.
constexpr std::uint32_t table_has_owner = 2; // NFT_TABLE_F_OWNER

constexpr std::uint16_t request_type(std::uint16_t message) {
    return static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | message);
}

/// Numbers of nftables are in network byte order.
void put_number(Batch& batch, std::uint16_t attribute, std::uint32_t number) {
    batch.put(attribute, htonl(number));
}

/// Strings of nftables end with a NUL.
void put_name(Batch& batch, std::uint16_t attribute, std::string_view name) {
    batch.put(attribute, std::string_view{std::string{name}.c_str(), name.size() + 1});
}

template <class Body>
void expression(Batch& batch, std::string_view name, Body body) {
    batch.nest(NFTA_LIST_ELEM, [&] {
        put_name(batch, NFTA_EXPR_NAME, name);
        batch.nest(NFTA_EXPR_DATA, body);
    });
}

void load_meta(Batch& batch, std::uint32_t key) {
    expression(batch, "meta", [&] {
        put_number(batch, NFTA_META_KEY, key);
        put_number(batch, NFTA_META_DREG, a_register);
    });
}

void compare(Batch& batch, std::uint32_t operation, std::string_view with) {
    expression(batch, "cmp", [&] {
        put_number(batch, NFTA_CMP_SREG, a_register);
        put_number(batch, NFTA_CMP_OP, operation);
        batch.nest(NFTA_CMP_DATA, [&] { batch.put(NFTA_DATA_VALUE, with); });
    });
}

void load_source_address(Batch& batch, Family family) {
    // RFC 791 section 3.1 and RFC 8200 section 3.
    const std::uint32_t offset = family == Family::ipv4 ? 12 : 8;
    const std::uint32_t length = family == Family::ipv4 ? 4 : 16;
    expression(batch, "payload", [&] {
        put_number(batch, NFTA_PAYLOAD_DREG, a_register);
        put_number(batch, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
        put_number(batch, NFTA_PAYLOAD_OFFSET, offset);
        put_number(batch, NFTA_PAYLOAD_LEN, length);
    });
}

void put_expressions(Batch& batch, const Masquerade& rule) {
    if (rule.source) {
        load_source_address(batch, rule.source->family);
        compare(batch, NFT_CMP_EQ, rule.source->wire());
    }
    const bool any_but = rule.interface.starts_with('!');
    std::array<char, name_bytes> name{};
    rule.interface.copy(name.data(), name.size() - 1, any_but ? 1 : 0);
    load_meta(batch, NFT_META_OIFNAME);
    compare(batch, any_but ? NFT_CMP_NEQ : NFT_CMP_EQ, {name.data(), name.size()});
    expression(batch, "masq", [] {});
}

nfgenmsg header_of(const Masquerade& rule) {
    nfgenmsg header{};
    header.version = NFNETLINK_V0;
    header.nfgen_family = static_cast<std::uint8_t>(
        !rule.source ? NFPROTO_INET
                     : (rule.source->family == Family::ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6));
    return header;
}

void put_table(Batch& batch, const Masquerade& rule, bool owned) {
    batch.begin(request_type(NFT_MSG_NEWTABLE), NLM_F_CREATE | NLM_F_EXCL, 0, header_of(rule));
    put_name(batch, NFTA_TABLE_NAME, rule.table);
    put_number(batch, NFTA_TABLE_FLAGS, owned ? table_has_owner : 0);
}

void put_chain(Batch& batch, const Masquerade& rule) {
    batch.begin(request_type(NFT_MSG_NEWCHAIN), NLM_F_CREATE, 0, header_of(rule));
    put_name(batch, NFTA_CHAIN_TABLE, rule.table);
    put_name(batch, NFTA_CHAIN_NAME, chain);
    put_name(batch, NFTA_CHAIN_TYPE, "nat");
    batch.nest(NFTA_CHAIN_HOOK, [&] {
        put_number(batch, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
        put_number(batch, NFTA_HOOK_PRIORITY, source_nat_priority);
    });
}

void put_rule(Batch& batch, const Masquerade& rule) {
    batch.begin(request_type(NFT_MSG_NEWRULE), NLM_F_CREATE | NLM_F_APPEND, 0, header_of(rule));
    put_name(batch, NFTA_RULE_TABLE, rule.table);
    put_name(batch, NFTA_RULE_CHAIN, chain);
    batch.nest(NFTA_RULE_EXPRESSIONS, [&] { put_expressions(batch, rule); });
}

/// nftables takes its requests between two of these, all or none.
nfgenmsg mark() {
    nfgenmsg header{};
    header.version = NFNETLINK_V0;
    header.res_id = htons(NFNL_SUBSYS_NFTABLES);
    return header;
}

/// The requests as one datagram. The marks want no acknowledgement.
std::vector<std::byte> datagram(const Batch& batch) {
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto request = batch.request(i);
        const auto offset = bytes.size();
        bytes.insert(bytes.end(), request.begin(), request.end());
        auto* header = reinterpret_cast<nlmsghdr*>(bytes.data() + offset);
        header->nlmsg_seq = static_cast<std::uint32_t>(i + 1);
        if (i == 0 || i + 1 == batch.size()) {
            header->nlmsg_flags = NLM_F_REQUEST;
        }
    }
    return bytes;
}

/// The errno of the first refusal in what the kernel answers to `wanted` requests, or 0.
int first_refusal(int socket, std::size_t wanted) {
    alignas(nlmsghdr) std::array<std::byte, 8192> buffer{};
    for (std::size_t seen = 0; seen < wanted;) {
        int left = static_cast<int>(
            check(uninterrupted([&] { return ::recv(socket, buffer.data(), buffer.size(), 0); }),
                  "hear from nftables"));
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_type != NLMSG_ERROR) {
                continue;
            }
            const int error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
            if (error != 0) {
                return -error;
            }
            ++seen;
        }
    }
    return 0;
}

} // namespace

NatSocket::NatSocket()
    : socket_(check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER),
                    "open a socket to nftables")) {
    sockaddr_nl own{};
    own.nl_family = AF_NETLINK;
    check(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own),
          "bind a socket to nftables");
    const timeval patience{30, 0};
    check(::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience),
          "set up a socket to nftables");
}

void NatSocket::add_owned(const Masquerade& rule) {
    execute(rule, true);
}

void NatSocket::add(const Masquerade& rule) {
    execute(rule, false);
}

void NatSocket::execute(const Masquerade& rule, bool owned) {
    Batch batch;
    batch.begin(NFNL_MSG_BATCH_BEGIN, 0, 0, mark());
    put_table(batch, rule, owned);
    put_chain(batch, rule);
    put_rule(batch, rule);
    batch.begin(NFNL_MSG_BATCH_END, 0, 0, mark());
    const auto bytes = datagram(batch);
    const auto attempt = "make the nftables table " + rule.table;
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    check(::sendto(socket_.get(), bytes.data(), bytes.size(), 0,
                   reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel),
          "{}", attempt);
    if (const int error = first_refusal(socket_.get(), batch.size() - 2); error != 0) {
        throw_errno(error, attempt);
    }
}

} // namespace netlab
