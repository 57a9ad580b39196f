#include "plan/families.h"
#include "plan/planned.h"
#include "plan/random_lab.h"
#include "plan/reference_paths.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

namespace {

constexpr std::uint32_t seeds = 150;

std::set<NextHop> as_set(const std::vector<NextHop>* hops) {
    return hops == nullptr ? std::set<NextHop>{} : std::set<NextHop>{hops->begin(), hops->end()};
}

/// How many (node, destination) pairs have other next hops than the shortest paths; of the
/// destinations only each `stride`th is looked at.
int wrong_routes(const Topology& topology, const Plan& plan, Family family,
                 std::size_t stride = 1) {
    const ReferencePaths paths{topology, plan, family};
    int wrong = 0;
    const auto destinations = paths.destinations();
    for (std::size_t number = 0; number < destinations.size(); number += stride) {
        const auto& to = destinations[number];
        const auto distance = paths.distances(to);
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
            const auto node = node_id(i);
            if (plan.nodes[i].kind == NodeKind::network_switch || paths.is_connected(node, to) ||
                paths.owns(node, to)) {
                continue;
            }
            const auto expected = paths.next_hops(node, to, distance);
            // A host's default route also takes what nobody can reach.
            const auto is_host = plan.nodes[i].kind == NodeKind::host;
            if (is_host && expected.empty()) {
                continue;
            }
            for (const auto& address : {to.address, to.last()}) {
                wrong += as_set(longest_match(plan.nodes[i], address)) == expected ? 0 : 1;
            }
        }
    }
    return wrong;
}

/// Follows all branches of a packet's way; counts those that do not end at `target`.
int lost(const Plan& plan, const ReferencePaths& paths, NodeId at,
         const ReferencePaths::End& target, int hops_left) {
    if (at == target.node) {
        return 0;
    }
    const auto subnet = target.address.subnet();
    if (paths.is_connected(at, subnet)) {
        return 0; // delivered on the link; a torn subnet is left out by the caller
    }
    const auto* hops = longest_match(plan.nodes[index(at)], target.address.address);
    if (hops == nullptr || hops_left == 0) {
        return 1;
    }
    int missed = 0;
    for (const auto& hop : *hops) {
        const auto own = std::find_if(paths.ends().begin(), paths.ends().end(), [&](auto& end) {
            return end.node == at && end.interface == hop.interface;
        });
        const auto next = paths.owner(own->piece, *hop.via);
        const auto forwards =
            next && (*next == target.node || plan.nodes[index(*next)].kind == NodeKind::router);
        missed += forwards ? lost(plan, paths, *next, target, hops_left - 1) : 1;
    }
    return missed;
}

bool is_torn(const ReferencePaths& paths, const IpPrefix& subnet) {
    std::set<std::size_t> pieces;
    for (const auto& end : paths.ends()) {
        if (end.address.subnet() == subnet) {
            pieces.insert(end.piece);
        }
    }
    return pieces.size() > 1;
}

int lost_packets(const Topology& topology, const Plan& plan, Family family) {
    const ReferencePaths paths{topology, plan, family};
    int missed = 0;
    for (const auto& target : paths.ends()) {
        const auto subnet = target.address.subnet();
        const auto distance = paths.distances(subnet);
        for (std::size_t i = 0; i < plan.nodes.size() && !is_torn(paths, subnet); ++i) {
            if (distance[i]) {
                missed += lost(plan, paths, node_id(i), target, 20);
            }
        }
    }
    return missed;
}

} // namespace

TEST_CASE("in random labs the compressed routes mean all shortest paths, and nothing else") {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const auto lab = random_lab(seed);
        const auto plan = planned(lab.topology);
        CAPTURE(seed);
        CHECK(wrong_routes(lab.topology, plan, Family::ipv4) == 0);
        CHECK(wrong_routes(lab.topology, plan, Family::ipv6) == 0);
    }
}

// 6 pods of 3 and 3 routers, and 9 above them
TEST_CASE("in a fat tree the summed-up routes mean all shortest paths") {
    constexpr int half = 3;
    TopologyBuilder lab;
    const auto name = [](const char* kind, int pod, int number) {
        return kind + std::to_string(pod) + "x" + std::to_string(number);
    };
    for (int core = 0; core < half * half; ++core) {
        lab.router(name("c", 0, core));
    }
    for (int pod = 0; pod < 2 * half; ++pod) {
        for (int i = 0; i < half; ++i) {
            lab.router(name("a", pod, i));
            lab.router(name("e", pod, i));
        }
        for (int a = 0; a < half; ++a) {
            for (int i = 0; i < half; ++i) {
                lab.link({name("c", 0, a * half + i), name("a", pod, a)});
                lab.link({name("a", pod, a), name("e", pod, i)});
            }
        }
    }
    const auto plan = planned(lab.topology);
    CHECK(wrong_routes(lab.topology, plan, Family::ipv4, 5) == 0);
    CHECK(wrong_routes(lab.topology, plan, Family::ipv6, 7) == 0);
}

TEST_CASE("in random labs every packet arrives, hop by hop, on every branch") {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const auto lab = random_lab(seed);
        const auto plan = planned(lab.topology);
        CAPTURE(seed);
        CHECK(lost_packets(lab.topology, plan, Family::ipv4) == 0);
        CHECK(lost_packets(lab.topology, plan, Family::ipv6) == 0);
    }
}

TEST_CASE("in random labs a router has no route to what does not exist") {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const auto lab = random_lab(seed);
        const auto plan = planned(lab.topology);
        const ReferencePaths paths{lab.topology, plan, Family::ipv4};
        const auto known = paths.destinations();
        int covered = 0;
        for (std::uint64_t i = 0; i < 64 * 1024; i += 61) {
            const auto address = IpAddress{Family::ipv4, {10}}.plus(i);
            const auto exists = std::any_of(known.begin(), known.end(),
                                            [&](auto& to) { return to.contains(address); });
            for (const auto& node : plan.nodes) {
                covered += !exists && node.kind == NodeKind::router &&
                                   longest_match(node, address) != nullptr
                               ? 1
                               : 0;
            }
        }
        CAPTURE(seed);
        CHECK(covered == 0);
    }
}

TEST_CASE("in random labs addresses and MACs are unique and subnets are apart") {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const auto plan = planned(random_lab(seed).topology);
        CHECK(plan == planned(random_lab(seed).topology));
        std::set<IpAddress> addresses_seen;
        std::set<MacAddress> macs_seen;
        std::size_t expected_addresses = 0;
        std::size_t expected_macs = 0;
        for (const auto& node : plan.nodes) {
            auto all = node.loopback;
            for (const auto& interface : node.interfaces) {
                all.insert(all.end(), interface.addresses.begin(), interface.addresses.end());
                macs_seen.insert(interface.mac);
                ++expected_macs;
            }
            for (const auto& address : all) {
                addresses_seen.insert(address.address);
                ++expected_addresses;
            }
        }
        CHECK(addresses_seen.size() == expected_addresses);
        CHECK(macs_seen.size() == expected_macs);
    }
}

TEST_CASE("in random labs a link added at the end changes nothing that was there") {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        auto lab = random_lab(seed);
        const auto before = planned(lab.topology);
        // A domain of a length that its ends fill may have to move when one more comes.
        std::vector<std::string> roomy;
        for (const auto& node : lab.topology.nodes) {
            if (node.kind != NodeKind::network_switch || lab.topology.addressing.prefix4 == 24) {
                roomy.push_back(node.name);
            }
        }
        if (roomy.empty()) {
            continue;
        }
        lab.router("new");
        lab.link({roomy[seed % roomy.size()], "new"});
        const auto after = planned(lab.topology);
        CAPTURE(seed);
        for (std::size_t i = 0; i < before.nodes.size(); ++i) {
            const auto& old = before.nodes[i];
            const auto& now = after.nodes[i];
            CHECK(std::equal(old.interfaces.begin(), old.interfaces.end(), now.interfaces.begin()));
            CHECK(old.loopback == now.loopback);
            CHECK(old.bridge == now.bridge);
        }
        for (std::size_t i = 0; i < before.links.size(); ++i) {
            // A domain may gain a subnet with its first end in a family, but not lose or change
            // one.
            const auto& old = before.links[i].subnets;
            const auto& now = after.links[i].subnets;
            CHECK(std::includes(now.begin(), now.end(), old.begin(), old.end()));
        }
    }
}
