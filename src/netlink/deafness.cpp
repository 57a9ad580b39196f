#include "netlink/deafness.h"

#include <algorithm>
#include <array>
#include <span>
#include <system_error>
#include <utility>

#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

namespace netlab {

namespace {

using namespace std::string_view_literals;

/// nft's "raw" (NF_IP_PRI_RAW), as the kernel takes negative numbers.
constexpr auto raw_priority = static_cast<std::uint32_t>(-300);
constexpr auto chain = "deaf"sv;
constexpr std::uint8_t family = NFPROTO_INET;

/// A set's name, nft's number for the type of its keys (by which nft prints them), and their bytes.
struct SetKind {
    std::string_view name;
    std::uint32_t number;
    std::uint32_t type;
    std::uint32_t bytes;
};
constexpr SetKind macs{"macs", 1, 9, 6};
constexpr SetKind ipv4{"ipv4", 2, 7, 4};
constexpr SetKind ipv6{"ipv6", 3, 8, 16};

/// An attribute has 64 KiB at most and a datagram what net.core.wmem_default allows (208 KiB): of
/// elements of 40 bytes at most.
constexpr std::size_t most_in_request = 1000;
constexpr std::size_t most_large = 4;

/// In no memory of its own: there are thousands.
class Element {
public:
    Element(std::string_view key, bool is_the_end) : size_{key.size()}, is_end_{is_the_end} {
        std::ranges::copy(key.substr(0, bytes_.size()), bytes_.begin());
    }

    std::string_view key() const { return {bytes_.data(), size_}; }
    /// The first key behind an interval.
    bool is_end() const { return is_end_; }

private:
    std::array<char, 16> bytes_{};
    std::size_t size_;
    bool is_end_;
};

/// A set's keys: intervals, or where each is alone a table of keys, which costs the kernel less.
struct Elements {
    bool intervals = false;
    std::vector<Element> list{};
};

void add_set(Batch& batch, const std::string& table, const SetKind& kind,
             const Elements& elements) {
    begin_nft(batch, NFT_MSG_NEWSET, NLM_F_CREATE, family);
    put_nft_name(batch, NFTA_SET_TABLE, table);
    put_nft_name(batch, NFTA_SET_NAME, kind.name);
    put_nft_number(batch, NFTA_SET_ID, kind.number);
    put_nft_number(batch, NFTA_SET_FLAGS, elements.intervals ? NFT_SET_INTERVAL : 0);
    put_nft_number(batch, NFTA_SET_KEY_TYPE, kind.type);
    put_nft_number(batch, NFTA_SET_KEY_LEN, kind.bytes);
    batch.nest(NFTA_SET_DESC, [&] {
        put_nft_number(batch, NFTA_SET_DESC_SIZE, static_cast<std::uint32_t>(elements.list.size()));
    });
}

void add_elements(Batch& batch, const std::string& table, const SetKind& kind,
                  std::span<const Element> elements) {
    begin_nft(batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE, family);
    put_nft_name(batch, NFTA_SET_ELEM_LIST_TABLE, table);
    put_nft_name(batch, NFTA_SET_ELEM_LIST_SET, kind.name);
    batch.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&] {
        for (const auto& element : elements) {
            batch.nest(NFTA_LIST_ELEM, [&] {
                if (element.is_end()) {
                    put_nft_number(batch, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
                }
                batch.nest(NFTA_SET_ELEM_KEY, [&] { batch.put(NFTA_DATA_VALUE, element.key()); });
            });
        }
    });
}

void put_verdict(Batch& batch, std::uint32_t verdict) {
    nft_expression(batch, "immediate", [&] {
        put_nft_number(batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
        batch.nest(NFTA_IMMEDIATE_DATA, [&] {
            batch.nest(NFTA_DATA_VERDICT,
                       [&] { put_nft_number(batch, NFTA_VERDICT_CODE, verdict); });
        });
    });
}

/// The rule goes on if what was loaded is in the set.
void look_up(Batch& batch, const SetKind& kind) {
    nft_expression(batch, "lookup", [&] {
        put_nft_name(batch, NFTA_LOOKUP_SET, kind.name);
        put_nft_number(batch, NFTA_LOOKUP_SREG, nft_register);
    });
}

void require_protocol(Batch& batch, std::uint8_t protocol) {
    load_meta(batch, NFT_META_NFPROTO);
    compare(batch, NFT_CMP_EQ, {reinterpret_cast<const char*>(&protocol), sizeof protocol});
}

template <class Body>
void add_rule(Batch& batch, const std::string& table, Body expressions) {
    begin_nft(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, family);
    put_nft_name(batch, NFTA_RULE_TABLE, table);
    put_nft_name(batch, NFTA_RULE_CHAIN, chain);
    batch.nest(NFTA_RULE_EXPRESSIONS, expressions);
}

/// ARP never comes here; of IPv6 the same has to pass.
void let_neighbours_be_found(Batch& batch, const std::string& table) {
    static constexpr std::uint8_t icmpv6 = IPPROTO_ICMPV6;
    static constexpr std::array<char, 1> from{static_cast<char>(ND_NEIGHBOR_SOLICIT)};
    static constexpr std::array<char, 1> to{static_cast<char>(ND_NEIGHBOR_ADVERT)};
    add_rule(batch, table, [&] {
        require_protocol(batch, NFPROTO_IPV6);
        load_meta(batch, NFT_META_L4PROTO);
        compare(batch, NFT_CMP_EQ, {reinterpret_cast<const char*>(&icmpv6), sizeof icmpv6});
        load_payload(batch, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
        compare(batch, NFT_CMP_GTE, {from.data(), from.size()});
        compare(batch, NFT_CMP_LTE, {to.data(), to.size()});
        put_verdict(batch, NF_ACCEPT);
    });
}

void add_chain(Batch& batch, const std::string& table) {
    begin_nft(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE, family);
    put_nft_name(batch, NFTA_CHAIN_TABLE, table);
    put_nft_name(batch, NFTA_CHAIN_NAME, chain);
    put_nft_name(batch, NFTA_CHAIN_TYPE, "filter");
    batch.nest(NFTA_CHAIN_HOOK, [&] {
        put_nft_number(batch, NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING);
        put_nft_number(batch, NFTA_HOOK_PRIORITY, raw_priority);
    });
    let_neighbours_be_found(batch, table);
}

void add_drop(Batch& batch, const std::string& table, const SetKind& kind) {
    add_rule(batch, table, [&] {
        if (kind.number == macs.number) {
            load_payload(batch, NFT_PAYLOAD_LL_HEADER, 6, kind.bytes); // IEEE 802.3: the source
        } else {
            const bool is_ipv4 = kind.number == ipv4.number;
            require_protocol(batch, is_ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
            load_source(batch, is_ipv4 ? Family::ipv4 : Family::ipv6);
        }
        look_up(batch, kind);
        put_verdict(batch, NF_DROP);
    });
}

Elements mac_elements(const std::vector<MacAddress>& addresses) {
    Elements elements;
    for (const auto& mac : addresses) {
        elements.list.emplace_back(
            std::string_view{reinterpret_cast<const char*>(mac.bytes.data()), mac.bytes.size()},
            false);
    }
    return elements;
}

Elements address_elements(const std::vector<AddressRange>& ranges, Family wanted) {
    const auto is_long = [&](const AddressRange& range) {
        return range.first.family == wanted && range.first != range.last;
    };
    Elements elements{std::ranges::any_of(ranges, is_long)};
    for (const auto& [first, last] : ranges) {
        if (first.family != wanted) {
            continue;
        }
        elements.list.emplace_back(first.wire(), false);
        const auto behind = last.plus(1);
        if (elements.intervals && behind > last) { // else it goes to the end of the family's
            elements.list.emplace_back(behind.wire(), true);
        }
    }
    return elements;
}

Elements elements_of(const Deafness& deafness, const SetKind& kind) {
    return kind.number == macs.number
               ? mac_elements(deafness.macs)
               : address_elements(deafness.ranges,
                                  kind.number == ipv4.number ? Family::ipv4 : Family::ipv6);
}

/// Requests in as many transactions as they need: one but for thousands of senders.
class Requests {
public:
    explicit Requests(const std::string& table) : table_{table} {
        begin_table(transactions_.back(), family, table_, true);
    }

    void add(const SetKind& kind, const Elements& elements) {
        add_set(transactions_.back(), table_, kind, elements);
        const std::span list{elements.list};
        for (std::size_t at = 0; at < list.size(); at += most_in_request) {
            if (++large_ > most_large) {
                transactions_.emplace_back();
                large_ = 1;
            }
            add_elements(transactions_.back(), table_, kind,
                         list.subspan(at, std::min(most_in_request, list.size() - at)));
        }
        kinds_.push_back(kind);
    }

    /// Nothing is dropped before what this adds, the rules.
    std::vector<Batch> finish() {
        add_chain(transactions_.back(), table_);
        for (const auto& kind : kinds_) {
            add_drop(transactions_.back(), table_, kind);
        }
        return std::move(transactions_);
    }

private:
    const std::string& table_;
    std::vector<Batch> transactions_{1};
    std::size_t large_ = 0; ///< requests with elements in the last of them
    std::vector<SetKind> kinds_;
};

void forget(NftSocket& socket, const std::string& table) {
    try {
        hear_again(socket, table);
    } catch (const std::system_error&) {
        return; // there is none: the first transaction was refused
    }
}

} // namespace

DeafTable::DeafTable(std::string name, const Deafness& deafness) : name_{std::move(name)} {
    Requests requests{name_};
    for (const auto& kind : {macs, ipv4, ipv6}) {
        if (const auto elements = elements_of(deafness, kind); !elements.list.empty()) {
            requests.add(kind, elements);
        }
    }
    transactions_ = requests.finish();
}

void DeafTable::put_in(NftSocket& socket) const {
    try {
        for (const auto& one : transactions_) {
            socket.execute(one, "make the nftables table " + name_ + " of the family inet");
        }
    } catch (const std::system_error& error) {
        // Not what another had there before.
        if (error.code() != std::errc::file_exists) {
            forget(socket, name_);
        }
        throw;
    }
}

void hear_all(NftSocket& socket) {
    Batch batch;
    begin_nft(batch, NFT_MSG_DELTABLE, 0, family); // of no name: all that this socket may delete
    socket.execute(batch, "delete the nftables tables of faults");
}

void hear_again(NftSocket& socket, const std::string& table) {
    Batch batch;
    begin_nft(batch, NFT_MSG_DELTABLE, 0, family);
    put_nft_name(batch, NFTA_TABLE_NAME, table);
    socket.execute(batch, "delete the nftables table " + table);
}

} // namespace netlab
