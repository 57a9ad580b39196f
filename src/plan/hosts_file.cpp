#include "plan/hosts_file.h"

#include "plan/families.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace netlab {

namespace {

std::optional<IpAddress> first_of(const std::vector<IpInterface>& addresses, Family family) {
    const auto found = std::find_if(addresses.begin(), addresses.end(),
                                    [&](auto& address) { return address.family() == family; });
    return found == addresses.end() ? std::nullopt : std::optional{found->address};
}

} // namespace

std::optional<IpAddress> named_address(const NodePlan& node, Family family) {
    if (const auto loopback = first_of(node.loopback, family)) {
        return loopback;
    }
    for (const bool up : {true, false}) {
        for (const auto& interface : node.interfaces) {
            if (const auto address = first_of(interface.addresses, family);
                address && interface.up == up) {
                return address;
            }
        }
    }
    return std::nullopt;
}

std::string hosts_file(const Plan& plan) {
    std::vector<std::pair<std::string, std::string>> lines{
        {"127.0.0.1", "localhost"}, {"::1", "localhost ip6-localhost ip6-loopback"}};
    for (const auto& node : plan.nodes) {
        for (const auto family : families) {
            if (const auto address = named_address(node, family)) {
                lines.emplace_back(to_string(*address), node.name);
            }
        }
    }
    std::size_t width = 0;
    for (const auto& line : lines) {
        width = std::max(width, line.first.size());
    }
    std::string text;
    for (const auto& [address, names] : lines) {
        text += fmt::format("{:<{}}  {}\n", address, width, names);
    }
    return text;
}

} // namespace netlab
