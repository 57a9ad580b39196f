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

/// What tables mean. One that is summed up may send packets for nobody's addresses anywhere, and
/// those for a subnet without hosts along some of the shortest paths only.
enum class Meaning { exact, summed_up };

bool is_right(const std::set<NextHop>& hops, const std::set<NextHop>& expected, bool some_will_do) {
    return some_will_do ? !hops.empty() && std::includes(expected.begin(), expected.end(),
                                                         hops.begin(), hops.end())
                        : hops == expected;
}

/// How many (node, destination) pairs have other next hops than the shortest paths; of the
/// destinations only each `stride`th is looked at.
int wrong_routes(const Topology& topology, const Plan& plan, Family family,
                 Meaning meaning = Meaning::exact, std::size_t stride = 1) {
    const ReferencePaths paths{topology, plan, family};
    const bool summed_up = meaning == Meaning::summed_up;
    int wrong = 0;
    const auto destinations = paths.destinations();
    for (std::size_t number = 0; number < destinations.size(); number += stride) {
        const auto& to = destinations[number];
        const auto distance = paths.distances(to);
        const bool some_will_do = summed_up && to.length != bits(family) && !paths.has_hosts(to);
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
            const auto node = node_id(i);
            if (plan.nodes[i].kind == NodeKind::network_switch || paths.is_connected(node, to) ||
                paths.owns(node, to)) {
                continue;
            }
            const auto expected = paths.next_hops(node, to, distance);
            // A host's default route also takes what nobody can reach.
            if (expected.empty() && (summed_up || plan.nodes[i].kind == NodeKind::host)) {
                continue;
            }
            for (const auto& address : {to.address, to.last()}) {
                const auto hops = as_set(longest_match(plan.nodes[i], address));
                wrong += is_right(hops, expected, some_will_do) ? 0 : 1;
            }
        }
    }
    return wrong;
}

/// The most routes of a family in a node's table.
std::size_t largest_table(const Plan& plan) {
    std::size_t most = 0;
    for (const auto& node : plan.nodes) {
        for (const auto family : families) {
            const auto count =
                std::count_if(node.routes.begin(), node.routes.end(),
                              [&](const RouteView& route) { return route.to.family() == family; });
            most = std::max(most, static_cast<std::size_t>(count));
        }
    }
    return most;
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

TEST_CASE("in large random labs the summed-up routes are shortest paths, all where hosts are") {
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        auto lab = random_lab(seed, {180, 20, 1, 8});
        // What the file says by itself: addresses, and a default route.
        lab.topology.links[seed].ipv4 = lab.subnet("10.77.3.0/26");
        lab.topology.links[seed + 1].ipv6 = lab.subnet("fd01::/64");
        lab.topology.routing = RoutingMode::static_routes;
        const auto plan = planned(lab.topology);
        CAPTURE(seed);
        const auto destinations =
            ReferencePaths{lab.topology, plan, Family::ipv4}.destinations().size();
        CHECK(destinations > 320);
        CHECK(largest_table(plan) < destinations);
        CHECK(wrong_routes(lab.topology, plan, Family::ipv4, Meaning::summed_up, 17) == 0);
        CHECK(wrong_routes(lab.topology, plan, Family::ipv6, Meaning::summed_up, 19) == 0);
    }
}

// Al-Fares and others, 2008, k=8: 16 routers, 8 pods of 4 and 4, and 4 hosts on each of these
TEST_CASE("in a fat tree all equal paths to hosts are used, by at most 64 routes") {
    constexpr int half = 4;
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
                lab.host(name("h", pod, a * half + i));
                lab.link({name("e", pod, a), name("h", pod, a * half + i)});
            }
        }
    }
    const auto plan = planned(lab.topology);
    CHECK(largest_table(plan) <= 64);
    CHECK(wrong_routes(lab.topology, plan, Family::ipv4, Meaning::summed_up, 11) == 0);
    CHECK(wrong_routes(lab.topology, plan, Family::ipv6, Meaning::summed_up, 13) == 0);
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
