#include "netlink/masquerade.h"

#include <array>

#include <linux/netfilter.h>
#include <linux/netlink.h>

namespace netlab {

namespace {

using namespace std::string_view_literals;

/// nft's "srcnat" (NF_IP_PRI_NAT_SRC).
constexpr std::uint32_t source_nat_priority = 100;
constexpr auto chain = "postrouting"sv;
constexpr std::size_t name_bytes = 16; // IFNAMSIZ; <net/if.h> and <linux/if.h> exclude each other

void put_expressions(Batch& batch, const Masquerade& rule) {
    if (rule.source) {
        load_source(batch, rule.source->family);
        compare(batch, NFT_CMP_EQ, rule.source->wire());
    }
    const bool any_but = rule.interface.starts_with('!');
    std::array<char, name_bytes> name{};
    rule.interface.copy(name.data(), name.size() - 1, any_but ? 1 : 0);
    load_meta(batch, NFT_META_OIFNAME);
    compare(batch, any_but ? NFT_CMP_NEQ : NFT_CMP_EQ, {name.data(), name.size()});
    nft_expression(batch, "masq", [] {});
}

std::uint8_t family_of(const Masquerade& rule) {
    return static_cast<std::uint8_t>(
        !rule.source ? NFPROTO_INET
                     : (rule.source->family == Family::ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6));
}

void put_chain(Batch& batch, const Masquerade& rule) {
    begin_nft(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE, family_of(rule));
    put_nft_name(batch, NFTA_CHAIN_TABLE, rule.table);
    put_nft_name(batch, NFTA_CHAIN_NAME, chain);
    put_nft_name(batch, NFTA_CHAIN_TYPE, "nat");
    batch.nest(NFTA_CHAIN_HOOK, [&] {
        put_nft_number(batch, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
        put_nft_number(batch, NFTA_HOOK_PRIORITY, source_nat_priority);
    });
}

void put_rule(Batch& batch, const Masquerade& rule) {
    begin_nft(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, family_of(rule));
    put_nft_name(batch, NFTA_RULE_TABLE, rule.table);
    put_nft_name(batch, NFTA_RULE_CHAIN, chain);
    batch.nest(NFTA_RULE_EXPRESSIONS, [&] { put_expressions(batch, rule); });
}

} // namespace

void add_masquerade(NftSocket& socket, const Masquerade& rule) {
    Batch batch;
    begin_table(batch, family_of(rule), rule.table, rule.owned);
    put_chain(batch, rule);
    put_rule(batch, rule);
    socket.execute(batch, "make the nftables table " + rule.table);
}

} // namespace netlab
