#include "base/address.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>

namespace netlab {

namespace {

std::size_t size_of(Family family) {
    return family == Family::ipv4 ? 4 : 16;
}

/// Sets every bit behind `length` to `value`.
IpAddress with_host_bits(IpAddress address, int length, bool value) {
    for (std::size_t i = 0; i < size_of(address.family); ++i) {
        const int network_bits = std::clamp(length - static_cast<int>(i) * 8, 0, 8);
        const auto host = static_cast<std::uint8_t>(0xffU >> network_bits);
        address.bytes[i] = static_cast<std::uint8_t>(value ? address.bytes[i] | host
                                                           : address.bytes[i] & ~host & 0xffU);
    }
    return address;
}

/// A decimal number without sign, leading zeros or more than three digits.
std::optional<int> parse_small(std::string_view text) {
    int value = 0;
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0') ||
        text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Up to `most` pieces between separators; more or fewer than expected is for the caller to see.
bool parse_dotted(std::string_view text, std::uint8_t* out) {
    for (int i = 0; i < 4; ++i) {
        const auto dot = text.find('.');
        const auto value = parse_small(text.substr(0, dot));
        const bool last = i == 3;
        if (!value || *value > 255 || (dot == std::string_view::npos) != last) {
            return false;
        }
        out[i] = static_cast<std::uint8_t>(*value);
        text.remove_prefix(last ? text.size() : dot + 1);
    }
    return true;
}

/// Groups of hexadecimal digits between colons, the last one possibly a dotted IPv4 address.
/// Returns how many bytes were written to `out`, or nullopt.
std::optional<std::size_t> parse_groups(std::string_view text, std::array<std::uint8_t, 16>& out) {
    std::size_t written = 0;
    while (!text.empty()) {
        const auto colon = text.find(':');
        const auto group = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && group.find('.') != std::string_view::npos) {
            return written <= 12 && parse_dotted(group, &out[written]) ? std::optional{written + 4}
                                                                       : std::nullopt;
        }
        unsigned value = 0;
        const auto [end, error] =
            std::from_chars(group.data(), group.data() + group.size(), value, 16);
        if (group.empty() || group.size() > 4 || written > 14 || error != std::errc{} ||
            end != group.data() + group.size()) {
            return std::nullopt;
        }
        out[written++] = static_cast<std::uint8_t>(value >> 8);
        out[written++] = static_cast<std::uint8_t>(value & 0xffU);
        text.remove_prefix(last ? text.size() : colon + 1);
        if (!last && text.empty()) {
            return std::nullopt;
        }
    }
    return written;
}

std::optional<IpAddress> parse_ipv6(std::string_view text) {
    IpAddress address{Family::ipv6, {}};
    const auto gap = text.find("::");
    if (gap == std::string_view::npos) {
        const auto written = parse_groups(text, address.bytes);
        return written == 16U ? std::optional{address} : std::nullopt;
    }
    std::array<std::uint8_t, 16> tail{};
    const auto head_text = text.substr(0, gap);
    const auto head = head_text.find('.') == std::string_view::npos
                          ? parse_groups(head_text, address.bytes)
                          : std::nullopt;
    const auto rest = parse_groups(text.substr(gap + 2), tail);
    // RFC 4291: "::" stands for at least one group (RFC 5952 asks for two; one is read, never
    // written).
    if (!head || !rest || *head + *rest > 14) {
        return std::nullopt;
    }
    std::copy_n(tail.begin(), *rest, address.bytes.end() - static_cast<std::ptrdiff_t>(*rest));
    return address;
}

unsigned group_at(const IpAddress& address, std::size_t i) {
    return static_cast<unsigned>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
}

struct Zeros {
    std::size_t begin = 8;
    std::size_t length = 0;
};

/// The longest run of zero groups, the first among equals (RFC 5952, section 4.2).
Zeros longest_zeros(const IpAddress& address) {
    Zeros best;
    for (std::size_t i = 0; i < 8;) {
        std::size_t end = i;
        while (end < 8 && group_at(address, end) == 0) {
            ++end;
        }
        if (end - i > best.length) {
            best = {i, end - i};
        }
        i = end + 1;
    }
    return best.length >= 2 ? best : Zeros{};
}

std::string dotted(const std::uint8_t* bytes) {
    return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

bool is_mapped_ipv4(const IpAddress& address) {
    return std::all_of(address.bytes.begin(), address.bytes.begin() + 10,
                       [](auto byte) { return byte == 0; }) &&
           address.bytes[10] == 0xff && address.bytes[11] == 0xff;
}

std::string ipv6_text(const IpAddress& address) {
    if (is_mapped_ipv4(address)) {
        return "::ffff:" + dotted(&address.bytes[12]);
    }
    const auto zeros = longest_zeros(address);
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == zeros.begin) {
            text += "::";
            i += zeros.length - 1;
            continue;
        }
        const bool separated = text.empty() || text.back() == ':';
        text += fmt::format("{}{:x}", separated ? "" : ":", group_at(address, i));
    }
    return text;
}

} // namespace

IpAddress IpAddress::plus(std::uint64_t offset) const {
    IpAddress sum = *this;
    for (auto i = size_of(family); i-- > 0 && offset != 0;) {
        const auto low = sum.bytes[i] + (offset & 0xffU);
        sum.bytes[i] = static_cast<std::uint8_t>(low & 0xffU);
        offset = (offset >> 8) + (low >> 8);
    }
    return sum;
}

std::string_view IpAddress::wire() const {
    return {reinterpret_cast<const char*>(bytes.data()), size_of(family)};
}

IpPrefix prefix_of(const IpAddress& address, int length) {
    return {with_host_bits(address, length, false), static_cast<std::uint8_t>(length)};
}

bool IpPrefix::contains(const IpAddress& other) const {
    return other.family == family() && prefix_of(other, length) == *this;
}

bool IpPrefix::contains(const IpPrefix& other) const {
    return other.length >= length && contains(other.address);
}

bool IpPrefix::overlaps(const IpPrefix& other) const {
    return contains(other) || other.contains(*this);
}

IpAddress IpPrefix::last() const {
    return with_host_bits(address, length, true);
}

IpPrefix IpInterface::subnet() const {
    return prefix_of(address, length);
}

std::optional<IpAddress> parse_address(std::string_view text) {
    if (text.find(':') != std::string_view::npos) {
        return parse_ipv6(text);
    }
    IpAddress address;
    return parse_dotted(text, address.bytes.data()) ? std::optional{address} : std::nullopt;
}

std::optional<IpInterface> parse_interface_address(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = parse_address(text.substr(0, slash));
    const auto length = parse_small(text.substr(slash + 1));
    if (!address || !length || *length > bits(address->family)) {
        return std::nullopt;
    }
    return IpInterface{*address, static_cast<std::uint8_t>(*length)};
}

std::optional<MacAddress> parse_mac(std::string_view text) {
    MacAddress mac;
    if (text.size() != 17) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < 6; ++i) {
        const auto* at = text.data() + 3 * i;
        unsigned value = 0;
        const auto [end, error] = std::from_chars(at, at + 2, value, 16);
        if (error != std::errc{} || end != at + 2 || (i < 5 && at[2] != ':')) {
            return std::nullopt;
        }
        mac.bytes[i] = static_cast<std::uint8_t>(value);
    }
    return mac;
}

std::string to_string(const IpAddress& address) {
    return address.family == Family::ipv4 ? dotted(address.bytes.data()) : ipv6_text(address);
}

std::string to_string(const IpPrefix& prefix) {
    return fmt::format("{}/{}", to_string(prefix.address), prefix.length);
}

std::string to_string(const IpInterface& address) {
    return fmt::format("{}/{}", to_string(address.address), address.length);
}

std::string to_string(const MacAddress& mac) {
    const auto& b = mac.bytes;
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", b[0], b[1], b[2], b[3], b[4],
                       b[5]);
}

} // namespace netlab
