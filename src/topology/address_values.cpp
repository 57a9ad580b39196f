#include "topology/address_values.h"

#include "base/quote.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

/// The prefix that someone probably meant who wrote an address alone.
std::string with_likely_length(const IpAddress& address) {
    const int usual = address.family == Family::ipv4 ? 24 : 64;
    const bool is_subnet = prefix_of(address, usual).address == address;
    return fmt::format("{}/{}", to_string(address), is_subnet ? usual : bits(address.family));
}

std::string_view example_prefix(std::optional<Family> family) {
    return family == Family::ipv6 ? "fd00:1::/64" : "10.0.1.0/24";
}

IpPrefix prefix(std::string_view text) {
    return parse_interface_address(text)->subnet();
}

struct SpecialRange {
    IpPrefix range;
    std::string_view why;
};

/// Why nothing can be reached under an address, or empty.
std::string_view why_not_unicast(const IpAddress& address) {
    static const std::array<SpecialRange, 7> ranges{
        {{prefix("0.0.0.0/8"), "is no address of an interface"},
         {prefix("::/128"), "is no address of an interface"},
         {prefix("224.0.0.0/4"), "is a multicast address"},
         {prefix("ff00::/8"), "is a multicast address"},
         {prefix("127.0.0.0/8"), "is a loopback address that every node already has"},
         {prefix("::1/128"), "is a loopback address that every node already has"},
         {prefix("240.0.0.0/4"), "is reserved"}}};
    const auto* found =
        std::find_if(ranges.begin(), ranges.end(),
                     [&](const SpecialRange& special) { return special.range.contains(address); });
    return found == ranges.end() ? std::string_view{} : found->why;
}

/// An address may be neither end of its IPv4 subnet; IPv6 has the subnet-router anycast at its
/// beginning.
void check_not_network(const IpInterface& address, Span span, Input& input) {
    const auto subnet = address.subnet();
    if (bits(address.family()) - address.length <= 1) {
        return;
    }
    if (address.address == subnet.address) {
        input.diagnostics.error(
            span, fmt::format("{} is the network itself, not an address in it", to_string(address)),
            fmt::format("the first address is {}/{}", to_string(subnet.address.plus(1)),
                        address.length));
    } else if (address.family() == Family::ipv4 && address.address == subnet.last()) {
        input.diagnostics.error(span, fmt::format("{} is the broadcast address of {}",
                                                  to_string(address.address), to_string(subnet)));
    }
}

bool check_family(Family actual, std::optional<Family> wanted, std::string_view text, Span span,
                  std::string_view what, Input& input) {
    if (wanted && actual != *wanted) {
        input.diagnostics.error(span, fmt::format("{} is {}, but {} wants {}", quoted(text),
                                                  family_name(actual), what, family_name(*wanted)));
        return false;
    }
    return true;
}

std::optional<IpPrefix> read_pool(Fields& fields, std::string_view key, Family family,
                                  bool family_on, std::string_view standard, Span& span,
                                  Input& input) {
    const auto* member = fields.take(key);
    if (member == nullptr) {
        return family_on ? std::optional{prefix(standard)} : std::nullopt;
    }
    span = member->value.span;
    const auto* boolean = member->value.as_bool();
    if (member->value.is_null() || (boolean != nullptr && !*boolean)) {
        return std::nullopt;
    }
    const auto what = fmt::format("'{}'", key);
    if (member->value.as_string() == nullptr || !boolean_hint(member->value).empty()) {
        refuse_type(member->value, what, "a prefix, null or false", input,
                    boolean != nullptr ? "it is on without being said"
                                       : fmt::format("the pool is {} unless said", standard));
        return prefix(standard);
    }
    const auto pool = want_prefix(member->value, what, family, input);
    if (pool && !check_unicast(pool->address, span, input)) {
        return prefix(standard);
    }
    if (pool && pool->length == 0) {
        input.diagnostics.error(span, fmt::format("{} may not be the whole address space", what));
    }
    return pool ? pool : std::optional{prefix(standard)};
}

} // namespace

std::string_view family_name(Family family) {
    return family == Family::ipv4 ? "IPv4" : "IPv6";
}

std::optional<IpPrefix> want_prefix(const Value& value, std::string_view what,
                                    std::optional<Family> family, Input& input) {
    const auto* text = want_string(value, what, input);
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto parsed = parse_interface_address(*text);
    if (!parsed) {
        const auto address = parse_address(*text);
        input.diagnostics.error(
            value.span, fmt::format("{} is not a prefix", quoted(*text)),
            address ? fmt::format("a prefix has a length: {}", with_likely_length(*address))
                    : fmt::format("a prefix looks like {}", example_prefix(family)));
        return std::nullopt;
    }
    if (!check_family(parsed->family(), family, *text, value.span, what, input)) {
        return std::nullopt;
    }
    if (parsed->subnet().address != parsed->address) {
        input.diagnostics.error(
            value.span,
            fmt::format("{} has bits set behind its first {}", quoted(*text), parsed->length),
            fmt::format("the prefix is {}", to_string(parsed->subnet())));
    }
    return parsed->subnet();
}

SubnetRequest read_subnet(const Value& value, Family family, Input& input) {
    const auto what = family == Family::ipv4 ? "'ipv4'" : "'ipv6'";
    if (const auto* boolean = value.as_bool(); boolean != nullptr && !*boolean) {
        return {true, std::nullopt, value.span};
    }
    if (value.as_string() == nullptr || !boolean_hint(value).empty()) {
        refuse_type(value, what, "a prefix or false", input,
                    value.as_bool() != nullptr ? "it is on without being said"
                                               : boolean_hint(value));
        return {};
    }
    const auto wanted = want_prefix(value, what, family, input);
    if (wanted && !check_unicast(wanted->address, value.span, input)) {
        return {};
    }
    return {false, wanted, value.span};
}

EndAddress read_end_address(const Value& value, Family family, Input& input) {
    const auto what = family == Family::ipv4 ? "'ipv4'" : "'ipv6'";
    if (const auto* boolean = value.as_bool(); boolean != nullptr && !*boolean) {
        return {true, std::nullopt, false, value.span};
    }
    const auto* text = value.as_string();
    if (text == nullptr || !boolean_hint(value).empty()) {
        refuse_type(value, what, "an address or false", input, boolean_hint(value));
        return {};
    }
    const auto with_length = parse_interface_address(*text);
    const auto address = with_length ? std::optional{with_length->address} : parse_address(*text);
    if (!address) {
        input.diagnostics.error(
            value.span, fmt::format("{} is not an {} address", quoted(*text), family_name(family)),
            fmt::format("an address looks like {}",
                        family == Family::ipv4 ? "10.0.1.1/24" : "fd00:1::1/64"));
        return {};
    }
    if (!check_family(address->family, family, *text, value.span, what, input) ||
        !check_unicast(*address, value.span, input)) {
        return {};
    }
    if (with_length) {
        check_not_network(*with_length, value.span, input);
    }
    const auto length = with_length ? with_length->length : static_cast<std::uint8_t>(bits(family));
    return {false, IpInterface{*address, length}, with_length.has_value(), value.span};
}

std::optional<MacAddress> read_mac(const Value& value, Input& input) {
    const auto* text = want_string(value, "'mac'", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto mac = parse_mac(*text);
    if (!mac) {
        input.diagnostics.error(value.span, fmt::format("{} is not a MAC address", quoted(*text)),
                                "a MAC address looks like 02:00:00:00:00:01");
        return std::nullopt;
    }
    if (mac->is_multicast()) {
        input.diagnostics.error(
            value.span, fmt::format("{} is a multicast MAC address", quoted(*text)),
            "the first byte must be even; 02 is good for an address of your own");
        return std::nullopt;
    }
    if (*mac == MacAddress{}) {
        input.diagnostics.error(value.span, "an interface cannot have the MAC address of zeros");
        return std::nullopt;
    }
    return mac;
}

bool check_unicast(const IpAddress& address, Span span, Input& input) {
    const auto why = why_not_unicast(address);
    if (!why.empty()) {
        input.diagnostics.error(span, fmt::format("{} {}", to_string(address), why));
    }
    return why.empty();
}

Addressing read_addressing(const Member* member, Input& input) {
    static const Map nothing;
    const auto* map = member == nullptr ? &nothing
                                        : want_map(member->value, "'addressing'", input,
                                                   "{ \"ipv4\": \"10.0.0.0/8\", \"ipv6\": false }");
    Fields fields{map == nullptr ? nothing : *map, "'addressing'", input};
    Addressing result;
    result.ipv4 =
        read_pool(fields, "ipv4", Family::ipv4, true, "10.0.0.0/8", result.ipv4_span, input);
    result.ipv6 =
        read_pool(fields, "ipv6", Family::ipv6, true, "fd00:6e6c::/32", result.ipv6_span, input);
    result.loopback4 = read_pool(fields, "loopback4", Family::ipv4, result.ipv4.has_value(),
                                 "10.255.0.0/16", result.loopback4_span, input);
    result.loopback6 = read_pool(fields, "loopback6", Family::ipv6, result.ipv6.has_value(),
                                 "fd00:6e6c:ffff::/48", result.loopback6_span, input);
    if (const auto* length = fields.take("prefix4")) {
        result.prefix4_span = length->value.span;
        const auto bits4 = want_integer(length->value, "'prefix4'", 1, 31, input);
        result.prefix4 = static_cast<std::uint8_t>(bits4.value_or(24));
    }
    fields.refuse_rest();
    return result;
}

} // namespace netlab
