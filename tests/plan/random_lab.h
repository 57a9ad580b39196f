#pragma once

#include "support/topology_builder.h"

#include <random>

namespace netlab::test {

/// How large a random lab is.
struct Largeness {
    std::uint32_t least = 3; ///< nodes
    std::uint32_t more = 12; ///< fewer than these beyond
    std::uint32_t hosts = 3; ///< of ten nodes
    std::uint32_t routers = 5;
};

/// A lab of up to 14 nodes that is the same for the same seed on every machine: all kinds of nodes,
/// parallel links, LAN segments, costs, links that are down, families turned off, loopbacks on
/// hosts.
inline TopologyBuilder random_lab(std::uint32_t seed, const Largeness& size = {}) {
    std::mt19937 random{seed};
    // The distributions of the standard library differ from one to the next.
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    TopologyBuilder lab;
    lab.topology.addressing.prefix4 = std::array<std::uint8_t, 4>{24, 24, 31, 28}[below(4)];
    const auto nodes = size.least + below(size.more);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < nodes; ++i) {
        const auto kind = below(10);
        names.push_back("n" + std::to_string(i));
        lab.node(names.back(), kind < size.hosts                  ? NodeKind::host
                               : kind < size.hosts + size.routers ? NodeKind::router
                                                                  : NodeKind::network_switch);
        if (kind == 0) {
            lab[names.back()].loopback.push_back(lab.loopback(
                "172.16." + std::to_string(9 + i / 256) + "." + std::to_string(i % 256)));
        }
    }
    const auto links = nodes - 1 + below(nodes);
    for (std::uint32_t i = 0; i < links; ++i) {
        const auto from = i < nodes - 1 ? i + 1 : below(nodes);
        const auto to = i < nodes - 1 ? below(i + 1) : below(nodes);
        std::vector<std::string> ends{names[from], names[to]};
        for (auto more = below(8) == 0 ? 1 + below(3) : 0; more > 0; --more) {
            ends.push_back(names[below(nodes)]);
        }
        auto& link = lab.link(ends);
        link.cost = 1 + below(3);
        link.up = below(12) != 0;
        link.ipv4.off = below(12) == 0;
        link.ipv6.off = below(12) == 0;
        link.endpoints[0].ipv4.off = below(20) == 0;
    }
    return lab;
}

} // namespace netlab::test
