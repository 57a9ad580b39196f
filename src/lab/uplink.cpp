#include "lab/uplink.h"

#include "base/split.h"
#include "netlink/address_requests.h"
#include "netlink/link_requests.h"
#include "netlink/masquerade.h"
#include "netlink/route_requests.h"
#include "netlink/socket.h"
#include "sys/check.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <net/if.h>

namespace netlab {

void Uplink::add(const IpPrefix& subnet, std::uint64_t node, std::uint64_t gateway) {
    addresses.push_back({subnet.address.plus(node), subnet.length});
    gateways.push_back(subnet.address.plus(gateway));
}

std::string to_text(const Uplink& uplink) {
    std::string text;
    for (std::size_t i = 0; i < uplink.addresses.size(); ++i) {
        text += to_string(uplink.addresses[i]) + " " + to_string(uplink.gateways[i]) + "\n";
    }
    return text;
}

Uplink parse_uplink(const std::string& text) {
    Uplink uplink;
    for (const auto line : split(text, '\n')) {
        const auto words = split_words(line);
        const bool paired = words.size() == 2;
        const auto address = paired ? parse_interface_address(words[0]) : std::nullopt;
        const auto gateway = paired ? parse_address(words[1]) : std::nullopt;
        if (!address || !gateway) {
            throw std::runtime_error{"the command sent no addresses of a way out: " + text};
        }
        uplink.addresses.push_back(*address);
        uplink.gateways.push_back(*gateway);
    }
    return uplink;
}

IpPrefix uplink_subnet4(std::uint64_t number, int length) {
    const auto pool = parse_address("198.18.0.0").value();
    return prefix_of(pool.plus(number << (32U - static_cast<unsigned>(length))), length);
}

IpPrefix uplink_subnet6(std::uint64_t number) {
    auto address = parse_address("fd6e:6574:6c61::").value();
    address.bytes[6] = static_cast<std::uint8_t>(number >> 8U);
    address.bytes[7] = static_cast<std::uint8_t>(number);
    return prefix_of(address, 64);
}

std::vector<IpPrefix> subnets_of(const Plan& plan) {
    std::vector<IpPrefix> subnets;
    for (const auto& link : plan.links) {
        subnets.insert(subnets.end(), link.subnets.begin(), link.subnets.end());
    }
    for (const auto& node : plan.nodes) {
        for (const auto& own : node.loopback) {
            subnets.push_back(own.subnet());
        }
        for (const auto& interface : node.interfaces) {
            for (const auto& own : interface.addresses) {
                subnets.push_back(own.subnet());
            }
        }
    }
    return subnets;
}

bool overlaps(const Plan& plan, const IpPrefix& subnet) {
    return std::ranges::any_of(subnets_of(plan),
                               [&](const IpPrefix& own) { return own.overlaps(subnet); });
}

void configure_uplink(const Uplink& uplink) {
    const auto number = static_cast<int>(::if_nametoindex(uplink_name));
    check(number - 1, "find the interface {}", uplink_name);
    Socket socket;
    Batch batch;
    for (const auto& address : uplink.addresses) {
        add_address(batch, 0, number, address);
    }
    set_up(batch, 0, number);
    for (const auto& gateway : uplink.gateways) {
        add_route(batch, 0, {IpPrefix{{gateway.family, {}}, 0}, {{gateway, number}}, {}},
                  IfThere::replace);
    }
    socket.execute(batch);
    NftSocket nat;
    add_masquerade(nat, {"netlab", uplink_name, {}});
}

} // namespace netlab
