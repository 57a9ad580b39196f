#include "plan/families.h"
#include "plan/planned.h"
#include "plan/reference_paths.h"
#include "support/catch.h"
#include "support/topology_builder.h"

#include <algorithm>
#include <random>

using namespace netlab;
using namespace netlab::test;

// Large enough for addresses in the order of a tree, and for routes that are summed up.

namespace {

constexpr std::uint32_t size = 400;

/// A tree of routers r0, r1, …, each joined to an earlier one.
struct RandomTree {
    TopologyBuilder lab;
    std::vector<std::uint32_t> parent{0};

    explicit RandomTree(std::uint32_t seed) {
        std::mt19937 random{seed};
        lab.router("r0");
        for (std::uint32_t i = 1; i < size; ++i) {
            parent.push_back(static_cast<std::uint32_t>(random() % i));
            lab.router("r" + std::to_string(i));
            lab.link({"r" + std::to_string(parent[i]), "r" + std::to_string(i)});
        }
    }

    /// The first node on the only way from one to another: a child, if that is behind it, else the
    /// parent.
    std::uint32_t step(std::uint32_t from, std::uint32_t to) const {
        for (; to > from; to = parent[to]) {
            if (parent[to] == from) {
                return to;
            }
        }
        return parent[from];
    }
};

/// Link `i` joins router i + 1 to its parent. Seen from below that router the router itself is
/// nearer, from anywhere else the parent.
std::uint32_t nearer_end(const RandomTree& tree, std::uint32_t from, std::uint32_t link) {
    const auto child = link + 1;
    auto at = from;
    while (at > child) {
        at = tree.parent[at];
    }
    return at == child ? child : tree.parent[child];
}

bool leads_to(const Plan& plan, std::uint32_t from, std::uint32_t next, const IpAddress& to) {
    const auto* hops = longest_match(plan.nodes[from], to);
    const auto& ends = plan.nodes[next].interfaces;
    return hops != nullptr && hops->size() == 1 &&
           std::any_of(ends.begin(), ends.end(), [&](const InterfacePlan& interface) {
               return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                                  [&](const IpInterface& address) {
                                      return address.address == *hops->front().via;
                                  });
           });
}

} // namespace

TEST_CASE("in a large tree every loopback is reached by the only way there, with few routes") {
    for (const std::uint32_t seed : {1U, 2U}) {
        const RandomTree tree{seed};
        const auto plan = planned(tree.lab.topology);
        int wrong = 0;
        for (std::uint32_t from = 0; from < size; from += 7) {
            for (std::uint32_t to = 0; to < size; ++to) {
                for (const auto& loopback : plan.nodes[to].loopback) {
                    const bool right =
                        from == to || leads_to(plan, from, tree.step(from, to), loopback.address);
                    wrong += right ? 0 : 1;
                }
            }
        }
        CHECK(wrong == 0);
        for (const auto& node : plan.nodes) {
            for (const auto family : families) {
                CHECK(std::count_if(node.routes.begin(), node.routes.end(), [&](const auto& route) {
                          return route.to.family() == family;
                      }) <= 64);
            }
        }
    }
}

TEST_CASE("in a large tree every subnet is reached by its nearer end") {
    const RandomTree tree{3};
    const auto plan = planned(tree.lab.topology);
    int wrong = 0;
    for (std::uint32_t from = 0; from < size; from += 11) {
        for (std::uint32_t link = 0; link + 1 < size; ++link) {
            const auto child = link + 1;
            if (child == from || tree.parent[child] == from) {
                continue; // its own
            }
            const auto near = nearer_end(tree, from, link);
            for (const auto& subnet : plan.links[link].subnets) {
                wrong += leads_to(plan, from, tree.step(from, near), subnet.address) ? 0 : 1;
                wrong += leads_to(plan, from, tree.step(from, near), subnet.last()) ? 0 : 1;
            }
        }
    }
    CHECK(wrong == 0);
}
