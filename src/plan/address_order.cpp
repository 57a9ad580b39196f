#include "plan/address_order.h"

#include "plan/layered_order.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace netlab {

namespace {

Joints find_joints(const Topology& topology, const std::vector<DomainPlan>& domains) {
    Joints joints;
    joints.domains_of.resize(topology.nodes.size());
    joints.nodes_of.resize(domains.size());
    for (std::uint32_t domain = 0; domain < domains.size(); ++domain) {
        for (const auto& [link, end] : domains[domain].ends) {
            const auto node =
                static_cast<std::uint32_t>(index(topology.links[index(link)].endpoints[end].node));
            auto& of_node = joints.domains_of[node];
            if (of_node.empty() || of_node.back() != domain) {
                of_node.push_back(domain);
                joints.nodes_of[domain].push_back(node);
            }
        }
    }
    return joints;
}

/// A tree of shortest ways over all nodes, a root for each part of the lab.
struct Tree {
    std::vector<std::uint32_t> order; ///< nodes, the nearer before the farther ones
    std::vector<std::uint32_t> parent;
    std::vector<std::uint32_t> size; ///< nodes in the branch
};

/// Nodes from which a part of the lab may be walked: routers before hosts, those with most links
/// first.
std::vector<std::uint32_t> possible_roots(const Topology& topology, const Joints& joints) {
    std::vector<std::uint32_t> roots(topology.nodes.size());
    std::iota(roots.begin(), roots.end(), 0U);
    std::stable_sort(roots.begin(), roots.end(), [&](std::uint32_t left, std::uint32_t right) {
        const auto rank = [&](std::uint32_t node) {
            return std::pair{topology.nodes[node].kind == NodeKind::router,
                             joints.domains_of[node].size()};
        };
        return rank(left) > rank(right);
    });
    return roots;
}

Tree grow_tree(const Topology& topology, const Joints& joints) {
    constexpr auto none = std::uint32_t(-1);
    Tree tree;
    tree.parent.assign(topology.nodes.size(), none);
    tree.size.assign(topology.nodes.size(), 1);
    std::vector<bool> seen(topology.nodes.size());
    std::vector<bool> crossed(joints.nodes_of.size());
    for (const auto root : possible_roots(topology, joints)) {
        if (seen[root]) {
            continue;
        }
        seen[root] = true;
        tree.parent[root] = root;
        auto next = tree.order.size();
        tree.order.push_back(root);
        for (; next < tree.order.size(); ++next) {
            const auto node = tree.order[next];
            for (const auto domain : joints.domains_of[node]) {
                if (crossed[domain]) {
                    continue;
                }
                crossed[domain] = true;
                for (const auto other : joints.nodes_of[domain]) {
                    if (!seen[other]) {
                        seen[other] = true;
                        tree.parent[other] = node;
                        tree.order.push_back(other);
                    }
                }
            }
        }
    }
    for (auto node = tree.order.rbegin(); node != tree.order.rend(); ++node) {
        if (tree.parent[*node] != *node) {
            tree.size[tree.parent[*node]] += tree.size[*node];
        }
    }
    return tree;
}

/// Each node before what is behind it, and its branches one after the other, the largest first.
std::vector<std::uint32_t> ranks_of(const Tree& tree) {
    std::vector<std::uint32_t> by_size = tree.order;
    std::stable_sort(by_size.begin(), by_size.end(), [&](std::uint32_t left, std::uint32_t right) {
        return tree.size[left] > tree.size[right];
    });
    // A branch is as large as its nodes are many, so each one's numbers are known from its
    // parent's.
    std::vector<std::uint32_t> rank(tree.order.size());
    std::uint32_t roots = 0;
    std::vector<std::vector<std::uint32_t>> branches(tree.order.size());
    for (const auto node : by_size) {
        if (tree.parent[node] == node) {
            rank[node] = roots;
            roots += tree.size[node];
        } else {
            branches[tree.parent[node]].push_back(node);
        }
    }
    for (const auto node : tree.order) {
        auto next = rank[node] + 1;
        for (const auto branch : branches[node]) {
            rank[branch] = next;
            next += tree.size[branch];
        }
    }
    return rank;
}

} // namespace

std::optional<AddressOrder> address_order(const Topology& topology,
                                          const std::vector<DomainPlan>& domains) {
    const auto with_ends = std::count_if(domains.begin(), domains.end(),
                                         [](const DomainPlan& one) { return !one.ends.empty(); });
    if (topology.routing != RoutingMode::static_routes ||
        static_cast<std::size_t>(with_ends) <= few_subnets) {
        return std::nullopt;
    }
    const auto joints = find_joints(topology, domains);
    AddressOrder order;
    order.of_node = ranks_of(grow_tree(topology, joints));
    if (is_layered(topology, joints)) {
        return layered_order(topology, joints, order.of_node);
    }
    for (const auto& nodes : joints.nodes_of) {
        std::uint32_t last = 0;
        for (const auto node : nodes) {
            last = std::max(last, order.of_node[node]);
        }
        order.of_domain.push_back(last);
    }
    return order;
}

} // namespace netlab
