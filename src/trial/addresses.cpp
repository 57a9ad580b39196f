#include "trial/addresses.h"

#include <algorithm>
#include <stdexcept>

namespace netlab {

std::optional<IpAddress> address_of(const NodePlan& node, Family family) {
    const auto first_of = [&](const std::vector<IpInterface>& addresses) {
        const auto found = std::ranges::find_if(
            addresses, [&](const IpInterface& one) { return one.family() == family; });
        return found == addresses.end() ? std::nullopt : std::optional{found->address};
    };
    auto found = first_of(node.loopback);
    for (const auto& interface : node.interfaces) {
        found = found ? found : first_of(interface.addresses);
    }
    return found;
}

const NodePlan& node_named(const Plan& plan, const std::string& name) {
    const auto found =
        std::ranges::find_if(plan.nodes, [&](const NodePlan& node) { return node.name == name; });
    if (found == plan.nodes.end()) {
        throw std::runtime_error{"lab " + plan.name + " has no node " + name};
    }
    return *found;
}

std::map<IpAddress, std::string> names_by_address(const Plan& plan) {
    std::map<IpAddress, std::string> names;
    for (const auto& node : plan.nodes) {
        for (const auto& address : node.loopback) {
            names.emplace(address.address, node.name);
        }
        for (const auto& interface : node.interfaces) {
            for (const auto& address : interface.addresses) {
                names.emplace(address.address, node.name);
            }
        }
    }
    return names;
}

std::vector<Family> common_families(const NodePlan& a, const NodePlan& b, int number) {
    std::vector<Family> families;
    for (const auto family : {Family::ipv4, Family::ipv6}) {
        const bool asked = number == 0 || (number == 4) == (family == Family::ipv4);
        if (asked && address_of(a, family) && address_of(b, family)) {
            families.push_back(family);
        }
    }
    return families;
}

} // namespace netlab
