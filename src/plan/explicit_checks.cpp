#include "plan/address_rules.h"
#include "plan/explicit_addresses.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace netlab {

void check_overlaps(const std::vector<std::optional<ExplicitSubnet>>& subnets,
                    Diagnostics& diagnostics) {
    std::vector<const ExplicitSubnet*> sorted;
    for (const auto& subnet : subnets) {
        if (subnet) {
            sorted.push_back(&*subnet);
        }
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](auto* left, auto* right) { return left->prefix < right->prefix; });
    const ExplicitSubnet* widest = nullptr;
    for (const auto* subnet : sorted) {
        if (widest == nullptr || !widest->prefix.contains(subnet->prefix)) {
            widest = subnet;
            continue;
        }
        const auto* later = widest->span.begin > subnet->span.begin ? widest : subnet;
        const auto* earlier = later == widest ? subnet : widest;
        diagnostics
            .error(later->span,
                   fmt::format("the subnet {} of {} overlaps {} of {}", to_string(later->prefix),
                               later->said_by, to_string(earlier->prefix), earlier->said_by),
                   "links that no switch joins need subnets of their own")
            .notes.push_back({earlier->span, "the other one is said here"});
    }
}

namespace {

class AddressChecks {
public:
    AddressChecks(const Topology& topology,
                  const std::vector<std::optional<ExplicitSubnet>>& subnets, Family family,
                  Diagnostics& diagnostics)
        : topology_{topology}, family_{family}, diagnostics_{diagnostics} {
        for (const auto& subnet : subnets) {
            if (subnet) {
                subnets_[subnet->prefix] = &*subnet;
            }
        }
    }

    void check_loopbacks(const Node& node) {
        for (const auto& loopback : node.loopback) {
            if (loopback.address.family != family_) {
                continue;
            }
            const auto text = to_string(loopback.address);
            const IpPrefix alone{loopback.address, static_cast<std::uint8_t>(bits(family_))};
            if (node.kind == NodeKind::network_switch) {
                diagnostics_.error(loopback.span, "a switch has no address",
                                   "give the address to a host or a router");
            } else if (const auto purpose = reserved_for(alone); !purpose.empty()) {
                diagnostics_.error(
                    loopback.span,
                    fmt::format("{} cannot be a loopback's address: it is for {}", text, purpose));
            } else if (is_new(loopback.address, loopback.span,
                              fmt::format("node '{}'", node.name))) {
                check_outside_subnets(loopback);
            }
        }
    }

    void check_ends(const Link& link) {
        for (const auto& end : link.endpoints) {
            const auto& request = request_of(end, family_);
            if (!request.address) {
                continue;
            }
            const auto& node = topology_.nodes[index(end.node)];
            if (node.kind == NodeKind::network_switch) {
                diagnostics_.error(request.span, "a switch port has no address",
                                   "give the address to a host or a router on the switch");
            } else {
                is_new(request.address->address, request.span,
                       fmt::format("{}:{}", node.name, end.interface));
            }
        }
    }

private:
    bool is_new(const IpAddress& address, Span span, std::string owner) {
        const auto [first, added] = owners_.try_emplace(address, span, owner);
        if (!added) {
            diagnostics_
                .error(span, fmt::format("{} is the address of {} and of {}", to_string(address),
                                         first->second.second, owner))
                .notes.push_back({first->second.first, "first said here"});
        }
        return added;
    }

    void check_outside_subnets(const LoopbackAddress& loopback) {
        auto subnet = subnets_.upper_bound(
            IpPrefix{loopback.address, static_cast<std::uint8_t>(bits(family_))});
        if (subnet == subnets_.begin() || !(--subnet)->first.contains(loopback.address)) {
            return;
        }
        diagnostics_
            .error(loopback.span,
                   fmt::format("the loopback address {} lies in the subnet {} of {}",
                               to_string(loopback.address), to_string(subnet->first),
                               subnet->second->said_by),
                   "neighbours would look for it on that link: choose one outside every subnet")
            .notes.push_back({subnet->second->span, "the subnet is said here"});
    }

    const Topology& topology_;
    Family family_;
    Diagnostics& diagnostics_;
    std::map<IpPrefix, const ExplicitSubnet*> subnets_;
    std::map<IpAddress, std::pair<Span, std::string>> owners_;
};

} // namespace

void check_explicit_addresses(const Topology& topology,
                              const std::vector<std::optional<ExplicitSubnet>>& subnets,
                              Family family, Diagnostics& diagnostics) {
    AddressChecks checks{topology, subnets, family, diagnostics};
    for (const auto& node : topology.nodes) {
        checks.check_loopbacks(node);
    }
    for (const auto& link : topology.links) {
        checks.check_ends(link);
    }
}

} // namespace netlab
