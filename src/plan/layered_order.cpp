#include "plan/layered_order.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>

namespace netlab {

namespace {

constexpr auto none = std::uint32_t(-1);

/// Routers in layers by their distance from the nearest host: 1 is beside one.
std::vector<std::uint32_t> find_layers(const Topology& topology, const Joints& joints) {
    std::vector<std::uint32_t> layer(topology.nodes.size(), none);
    std::vector<bool> crossed(joints.nodes_of.size());
    std::vector<std::uint32_t> order;
    for (std::uint32_t node = 0; node < layer.size(); ++node) {
        if (topology.nodes[node].kind != NodeKind::router) {
            layer[node] = 0;
            order.push_back(node);
        }
    }
    for (std::size_t next = 0; next < order.size(); ++next) {
        for (const auto domain : joints.domains_of[order[next]]) {
            if (crossed[domain]) {
                continue;
            }
            crossed[domain] = true;
            for (const auto other : joints.nodes_of[domain]) {
                if (layer[other] == none) {
                    layer[other] = layer[order[next]] + 1;
                    order.push_back(other);
                }
            }
        }
    }
    return layer;
}

/// What a subnet's place is looked up by, the first of these first.
struct DomainKey {
    std::uint32_t nearer = 0;  ///< layer of its nearest node to the hosts; 0 where hosts are
    std::uint32_t farther = 0; ///< of the farthest; 0 where hosts are
    std::uint32_t group = 0;   ///< rank of those joined to it by subnets of the same two layers
    std::uint32_t hub = 0;     ///< rank of its best connected router
    std::uint32_t last = 0;    ///< rank of the last of its nodes

    auto operator<=>(const DomainKey&) const = default;
};

class LayeredOrder {
public:
    LayeredOrder(const Topology& topology, const Joints& joints,
                 const std::vector<std::uint32_t>& ranks)
        : joints_{joints}, ranks_{ranks}, layers_{find_layers(topology, joints)},
          neighbours_(topology.nodes.size()), group_of_(topology.nodes.size()),
          keys_(joints.nodes_of.size()) {
        for (std::uint32_t domain = 0; domain < keys_.size(); ++domain) {
            find_layers_of(domain);
        }
        find_groups();
        for (std::uint32_t node = 0; node < group_of_.size(); ++node) {
            group_of_[node] = first_group(node);
        }
        for (std::uint32_t domain = 0; domain < keys_.size(); ++domain) {
            if (keys_[domain].nearer == 0) {
                join_group(domain);
            }
        }
    }

    AddressOrder order() const {
        AddressOrder order;
        order.of_domain =
            ranks_by([&](std::uint32_t domain) { return keys_[domain]; }, keys_.size());
        order.of_node = ranks_by(
            [&](std::uint32_t node) {
                return std::tuple{layers_[node], group_of_[node], ranks_[node]};
            },
            ranks_.size());
        return order;
    }

private:
    template <typename KeyOf>
    static std::vector<std::uint32_t> ranks_by(KeyOf key_of, std::size_t count) {
        std::vector<std::uint32_t> order(count);
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
            return key_of(left) < key_of(right);
        });
        std::vector<std::uint32_t> ranks(count);
        for (std::uint32_t rank = 0; rank < count; ++rank) {
            ranks[order[rank]] = rank;
        }
        return ranks;
    }

    void find_layers_of(std::uint32_t domain) {
        auto& key = keys_[domain];
        key.nearer = none;
        for (const auto node : joints_.nodes_of[domain]) {
            key.nearer = std::min(key.nearer, layers_[node]);
            key.farther = std::max(key.farther, layers_[node]);
            key.last = std::max(key.last, ranks_[node]);
        }
        if (key.nearer == 0) {
            key.farther = 0;
            return;
        }
        for (const auto node : joints_.nodes_of[domain]) {
            ++neighbours_[node];
        }
    }

    /// Walks from subnet to subnet of the same layers, by way of routers.
    void find_groups() {
        std::vector<bool> seen(keys_.size());
        for (std::uint32_t first = 0; first < keys_.size(); ++first) {
            if (seen[first] || keys_[first].nearer == 0) {
                continue;
            }
            std::vector<std::uint32_t> group{first};
            auto least = none;
            seen[first] = true;
            for (std::size_t next = 0; next < group.size(); ++next) {
                for (const auto node : joints_.nodes_of[group[next]]) {
                    least = std::min(least, ranks_[node]);
                    add_like(group[next], node, group, seen);
                }
            }
            for (const auto domain : group) {
                keys_[domain].group = least;
                keys_[domain].hub = rank_of_hub(domain);
            }
        }
    }

    void add_like(std::uint32_t domain, std::uint32_t node, std::vector<std::uint32_t>& group,
                  std::vector<bool>& seen) const {
        for (const auto other : joints_.domains_of[node]) {
            if (!seen[other] && keys_[other].nearer == keys_[domain].nearer &&
                keys_[other].farther == keys_[domain].farther) {
                seen[other] = true;
                group.push_back(other);
            }
        }
    }

    /// A router belongs to the group that is nearest to the hosts.
    std::uint32_t first_group(std::uint32_t node) const {
        DomainKey first{none, none, 0, 0, 0};
        for (const auto domain : joints_.domains_of[node]) {
            if (keys_[domain].nearer != 0) {
                first = std::min(first, keys_[domain]);
            }
        }
        return first.group;
    }

    /// A subnet with hosts belongs to the group of its router; of several the first.
    void join_group(std::uint32_t domain) {
        auto& key = keys_[domain];
        std::pair first{none, none};
        for (const auto node : joints_.nodes_of[domain]) {
            if (layers_[node] == 1) {
                first = std::min(first, std::pair{group_of_[node], ranks_[node]});
            }
        }
        std::tie(key.group, key.hub) = first;
    }

    /// Of the router with the most subnets among routers; of several the nearest to the hosts.
    std::uint32_t rank_of_hub(std::uint32_t domain) const {
        const auto& nodes = joints_.nodes_of[domain];
        const auto hub = std::min_element(
            nodes.begin(), nodes.end(), [&](std::uint32_t left, std::uint32_t right) {
                return std::tuple{neighbours_[right], layers_[left], ranks_[left]} <
                       std::tuple{neighbours_[left], layers_[right], ranks_[right]};
            });
        return ranks_[*hub];
    }

    const Joints& joints_;
    const std::vector<std::uint32_t>& ranks_;
    std::vector<std::uint32_t> layers_;
    std::vector<std::uint32_t> neighbours_; ///< by node: subnets among routers
    std::vector<std::uint32_t> group_of_;   ///< by node
    std::vector<DomainKey> keys_;           ///< by domain
};

} // namespace

bool is_layered(const Topology& topology, const Joints& joints) {
    const auto layers = find_layers(topology, joints);
    std::uint32_t farthest = 0;
    std::size_t routers = 0;
    for (std::size_t node = 0; node < layers.size(); ++node) {
        const bool is_router = topology.nodes[node].kind == NodeKind::router;
        routers += is_router ? 1 : 0;
        if (is_router && layers[node] != none) {
            farthest = std::max(farthest, layers[node]);
        }
    }
    // A tree of routers and subnets has one joint less than routers and subnets.
    std::size_t joined = 0;
    std::size_t subnets = 0;
    for (const auto& nodes : joints.nodes_of) {
        const auto count = std::count_if(nodes.begin(), nodes.end(), [&](std::uint32_t node) {
            return topology.nodes[node].kind == NodeKind::router;
        });
        joined += static_cast<std::size_t>(count);
        subnets += count != 0 ? 1 : 0;
    }
    return farthest > 1 && joined >= routers + subnets;
}

AddressOrder layered_order(const Topology& topology, const Joints& joints,
                           const std::vector<std::uint32_t>& ranks) {
    return LayeredOrder{topology, joints, ranks}.order();
}

} // namespace netlab
