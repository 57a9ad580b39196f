#include "topology/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_small_alnum(char c) {
    return is_lower(c) || is_digit(c);
}
bool is_alnum(char c) {
    return is_small_alnum(c) || is_upper(c);
}
bool is_mark(char c) {
    return c == '_' || c == '.' || c == '-';
}

template <typename Predicate>
bool all(std::string_view text, Predicate predicate) {
    return std::all_of(text.begin(), text.end(), predicate);
}

/// What inet_aton(3) takes for an address: `1` is 0.0.0.1, `10.2` is 10.0.0.2, `0xff` 0.0.0.255.
bool reads_as_address(std::string_view name) {
    const auto is_number = [](std::string_view part) {
        constexpr std::string_view digits = "0123456789abcdef";
        const bool hex = part.starts_with("0x");
        part.remove_prefix(hex ? 2 : 0);
        return !part.empty() &&
               part.find_first_not_of(digits.substr(0, hex ? 16 : 10)) == std::string_view::npos;
    };
    std::size_t parts = 1;
    for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
        if (!is_number(name.substr(0, dot))) {
            return false;
        }
        name.remove_prefix(dot + 1);
        ++parts;
    }
    return parts <= 4 && is_number(name);
}

/// Names of labs and nodes: they become folders, hostnames and lines of /etc/hosts.
std::string why_not_small_name(std::string_view name, std::size_t longest) {
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > longest) {
        return fmt::format("is longer than {} characters", longest);
    }
    if (!all(name, [](char c) { return is_small_alnum(c) || is_mark(c); })) {
        return "may hold only a-z, 0-9, '_', '.' and '-'";
    }
    if (!is_small_alnum(name.front()) || !is_small_alnum(name.back())) {
        return "must begin and end with a letter or a digit";
    }
    return {};
}

} // namespace

std::string why_not_lab_name(std::string_view name) {
    return why_not_small_name(name, 32);
}

std::string why_not_node_name(std::string_view name) {
    if (name == "all") {
        return "means every node on the command line";
    }
    if (name == "localhost" || name == "ip6-localhost" || name == "ip6-loopback") {
        return "is every node's own name for itself";
    }
    if (name == "ip6-allnodes" || name == "ip6-allrouters") {
        return "is a multicast address in many hosts files";
    }
    if (reads_as_address(name)) {
        return "reads as an IPv4 address: 'ping' and others would take it for one";
    }
    return why_not_small_name(name, 63);
}

std::string why_not_interface_name(std::string_view name) {
    constexpr std::size_t longest = 15;
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > longest) {
        return fmt::format("is longer than the kernel's {} bytes", longest);
    }
    if (!is_alnum(name.front()) || !all(name, [](char c) { return is_alnum(c) || is_mark(c); })) {
        return "may hold only letters, digits, '_', '.' and '-', and must begin with a letter or a "
               "digit";
    }
    if (name == "lo") {
        return "is the loopback interface, which every node has";
    }
    if (name == "all" || name == "default") {
        return "means every interface in /proc/sys/net";
    }
    return {};
}

std::string why_not_link_name(std::string_view name) {
    constexpr std::size_t longest = 64;
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > longest) {
        return fmt::format("is longer than {} characters", longest);
    }
    if (!all(name, [](char c) { return is_alnum(c) || is_mark(c); })) {
        return "may hold only letters, digits, '_', '.' and '-'"; // a ':' is before an interface
    }
    if (!is_alnum(name.front())) {
        return "must begin with a letter or a digit";
    }
    return name == "all" ? "means every link on the command line" : "";
}

std::string why_not_label(std::string_view name) {
    constexpr std::size_t longest = 63;
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > longest) {
        return fmt::format("is longer than {} characters", longest);
    }
    return is_alnum(name.front()) && all(name, [](char c) { return is_alnum(c) || is_mark(c); })
               ? ""
               : "may hold only letters, digits, '_', '.' and '-', and must begin with a letter or "
                 "a digit";
}

std::string why_not_service_name(std::string_view name) {
    return why_not_small_name(name, 32);
}

std::string why_not_user_name(std::string_view name) {
    constexpr std::size_t longest = 32;
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > longest) {
        return fmt::format("is longer than {} characters", longest);
    }
    return (is_alnum(name.front()) || name.front() == '_') &&
                   all(name, [](char c) { return is_alnum(c) || is_mark(c); })
               ? ""
               : "may hold only letters, digits, '_', '.' and '-', and must begin with a letter, a "
                 "digit or '_'";
}

std::string why_not_variable_name(std::string_view name) {
    if (name.empty()) {
        return "is empty";
    }
    return !is_digit(name.front()) && all(name, [](char c) { return is_alnum(c) || c == '_'; })
               ? ""
               : "may hold only letters, digits and '_', and must not begin with a digit";
}

std::string as_name(std::string_view text, std::size_t longest) {
    std::string name;
    for (const char c : text) {
        const char small = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
        const bool fits = is_small_alnum(small) || is_mark(small);
        const bool repeated = !fits && !name.empty() && name.back() == '-';
        if ((!name.empty() || is_small_alnum(small)) && !repeated) {
            name += fits ? small : '-';
        }
        if (name.size() == longest) {
            break;
        }
    }
    while (!name.empty() && !is_small_alnum(name.back())) {
        name.pop_back();
    }
    return name;
}

} // namespace netlab
