#include "plan/interfaces.h"

#include "plan/explicit_addresses.h"

#include <map>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::uint32_t default_mtu = 1500;

void check_macs(const Topology& topology, const DomainPlan& domain, Diagnostics& diagnostics) {
    std::map<MacAddress, const Endpoint*> owners;
    for (const auto link : domain.links) {
        for (const auto& end : topology.links[index(link)].endpoints) {
            if (!end.mac) {
                continue;
            }
            if (end.mac->is_multicast() || *end.mac == MacAddress{}) {
                diagnostics.error(end.mac_span,
                                  fmt::format("{} cannot be an interface's MAC address: {}",
                                              to_string(*end.mac),
                                              end.mac->is_multicast() ? "it is for multicast"
                                                                      : "it is all zeros"),
                                  "one that begins with 02 is free for all to use");
            }
            const auto [first, added] = owners.try_emplace(*end.mac, &end);
            if (!added) {
                diagnostics
                    .error(end.mac_span,
                           fmt::format("the MAC address {} is used twice in one broadcast domain",
                                       to_string(*end.mac)))
                    .notes.push_back({first->second->mac_span, "first used here"});
            }
        }
    }
}

InterfacePlan interface_plan(const Topology& topology, const AddressPlan& addresses, EndId id,
                             MacSource& macs) {
    const auto& link = topology.links[index(id.link)];
    const auto& end = endpoint(topology, id);
    InterfacePlan interface;
    interface.name = end.interface;
    interface.link = id.link;
    interface.mac =
        end.mac ? *end.mac : macs.make(topology.nodes[index(end.node)].name, end.interface);
    interface.mtu = link.mtu.value_or(default_mtu);
    interface.up = link.up;
    interface.leaving = end.leaving;
    for (const auto family : families) {
        if (const auto& address = addresses.at(id, family)) {
            interface.addresses.push_back(*address);
        }
    }
    return interface;
}

} // namespace

void plan_interfaces(const Topology& topology, const AddressPlan& addresses, MacSource& macs,
                     Plan& plan, Diagnostics& diagnostics) {
    for (const auto& domain : addresses.domains) {
        check_macs(topology, domain, diagnostics);
    }
    for (const auto& link : topology.links) {
        for (const auto& end : link.endpoints) {
            if (end.mac) {
                macs.reserve(*end.mac);
            }
        }
    }
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        const auto& link = topology.links[i];
        LinkPlan planned;
        planned.name = link.name;
        planned.span = link.span;
        planned.cost = link.cost;
        planned.engine = link.engine;
        for (const auto family : families) {
            if (const auto& subnet = addresses.domains[addresses.domain_of[i]].subnet[family]) {
                planned.subnets.push_back(*subnet);
            }
        }
        for (std::uint32_t end = 0; end < link.endpoints.size(); ++end) {
            auto& interfaces = plan.nodes[index(link.endpoints[end].node)].interfaces;
            planned.ends.push_back(
                {link.endpoints[end].node, static_cast<std::uint32_t>(interfaces.size())});
            interfaces.push_back(interface_plan(topology, addresses, {link_id(i), end}, macs));
        }
        plan.links.push_back(std::move(planned));
    }
}

} // namespace netlab
