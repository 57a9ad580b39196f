#include "plan/address_plan.h"

#include "plan/address_number.h"
#include "plan/address_order.h"
#include "plan/address_pool.h"
#include "plan/address_rules.h"
#include "plan/explicit_addresses.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

AddressPlan empty_plan(const Topology& topology, std::vector<std::vector<LinkId>> domains) {
    AddressPlan plan;
    plan.loopbacks.resize(topology.nodes.size());
    plan.domain_of.resize(topology.links.size());
    for (const auto& link : topology.links) {
        plan.ends.emplace_back(link.endpoints.size());
    }
    for (auto& links : domains) {
        DomainPlan domain;
        for (const auto id : links) {
            plan.domain_of[index(id)] = static_cast<std::uint32_t>(plan.domains.size());
            const auto& ends = topology.links[index(id)].endpoints;
            for (std::uint32_t i = 0; i < ends.size(); ++i) {
                if (topology.nodes[index(ends[i].node)].kind != NodeKind::network_switch) {
                    domain.ends.push_back({id, i});
                }
            }
        }
        domain.links = std::move(links);
        plan.domains.push_back(std::move(domain));
    }
    return plan;
}

/// Plans one family.
class FamilyAddresses {
public:
    FamilyAddresses(const Topology& topology, const std::optional<AddressOrder>& order,
                    AddressPlan& plan, Family family, Diagnostics& diagnostics)
        : topology_{topology}, order_{order}, plan_{plan}, family_{family}, diagnostics_{
                                                                                diagnostics} {
        const auto& all = topology.addressing;
        const auto v4 = family == Family::ipv4;
        link_pool_ = checked(v4 ? all.ipv4 : all.ipv6, v4 ? all.ipv4_span : all.ipv6_span);
        loopback_pool_ = checked(v4 ? all.loopback4 : all.loopback6,
                                 v4 ? all.loopback4_span : all.loopback6_span);
        pool_span_ = v4 ? all.ipv4_span : all.ipv6_span;
        loopback_span_ = v4 ? all.loopback4_span : all.loopback6_span;
    }

    void run() {
        for (auto& domain : plan_.domains) {
            subnets_.push_back(explicit_subnet(topology_, domain, family_, diagnostics_));
            if (subnets_.back()) {
                domain.subnet[family_] = subnets_.back()->prefix;
            }
        }
        check_overlaps(subnets_, diagnostics_);
        check_explicit_addresses(topology_, subnets_, family_, diagnostics_);
        draw_subnets();
        for (const auto& domain : plan_.domains) {
            number_ends(domain);
        }
        draw_loopbacks();
    }

private:
    std::optional<IpPrefix> checked(const std::optional<IpPrefix>& pool, Span span) {
        const auto purpose = pool ? reserved_for(*pool) : std::string_view{};
        if (purpose.empty()) {
            return pool;
        }
        pool_is_wrong_ = true;
        diagnostics_.error(span,
                           fmt::format("the pool {} cannot be handed out: some of it is for {}",
                                       to_string(*pool), purpose));
        return std::nullopt;
    }

    void reserve_explicit(AddressPool& pool) const {
        const auto length = static_cast<std::uint8_t>(bits(family_));
        for (const auto& subnet : subnets_) {
            if (subnet) {
                pool.reserve(subnet->prefix);
            }
        }
        for (const auto& node : topology_.nodes) {
            for (const auto& loopback : node.loopback) {
                pool.reserve({loopback.address, length});
            }
        }
    }

    /// The domains that need a subnet, by the first end that wants an address: not by the first
    /// link, as a link between switches has no address to keep until an end comes, which may be at
    /// the end of the file.
    std::vector<DomainPlan*> drawing_domains() {
        std::vector<std::pair<std::size_t, DomainPlan*>> found;
        for (auto& domain : plan_.domains) {
            const auto first = std::find_if(domain.ends.begin(), domain.ends.end(), [&](EndId end) {
                return wants_address(topology_, end, family_);
            });
            if (first != domain.ends.end() && !domain.subnet[family_] &&
                !domain.uncertain[family_]) {
                const auto number = static_cast<std::size_t>(&domain - plan_.domains.data());
                found.emplace_back(order_ ? order_->of_domain[number] : index(first->link),
                                   &domain);
            }
        }
        std::stable_sort(found.begin(), found.end(),
                         [](auto& left, auto& right) { return left.first < right.first; });
        std::vector<DomainPlan*> domains;
        domains.reserve(found.size());
        for (const auto& [link, domain] : found) {
            domains.push_back(domain);
        }
        return domains;
    }

    void draw_subnets() {
        auto pool =
            link_pool_ ? std::optional{AddressPool{*link_pool_, order_.has_value()}} : std::nullopt;
        if (pool) {
            reserve_explicit(*pool);
            if (loopback_pool_) {
                pool->reserve(*loopback_pool_);
            }
        }
        const auto domains = drawing_domains();
        std::vector<const DomainPlan*> without;
        for (auto* domain : domains) {
            auto& subnet = domain->subnet[family_];
            if (pool) {
                subnet = pool->draw(default_length(topology_, *domain, family_));
            }
            if (!subnet) {
                domain->uncertain[family_] = pool || pool_is_wrong_;
                without.push_back(domain);
            }
        }
        if (pool && !without.empty()) {
            report_small_pool(*without.front(), domains.size() - without.size(), domains.size());
        }
    }

    /// What the file says that has all of a pool, so that nothing can be drawn from it.
    struct Cover {
        std::string what;
        Span span;
        std::string hint;
    };

    std::optional<Cover> cover_of(const IpPrefix& pool, std::string_view key) const {
        constexpr auto hint = R"("addressing": {{ "{}": … }} sets another pool than {})";
        if (key != loopback_key() && loopback_pool_ && loopback_pool_->contains(pool)) {
            return Cover{fmt::format("the loopback pool {}", to_string(*loopback_pool_)),
                         loopback_span_,
                         fmt::format(hint, loopback_key(), to_string(*loopback_pool_))};
        }
        for (const auto& subnet : subnets_) {
            if (subnet && subnet->prefix.contains(pool)) {
                return Cover{
                    fmt::format("the subnet {} of {}", to_string(subnet->prefix), subnet->said_by),
                    subnet->span, fmt::format(hint, key, to_string(pool))};
            }
        }
        return std::nullopt;
    }

    std::string_view loopback_key() const {
        return family_ == Family::ipv4 ? "loopback4" : "loopback6";
    }

    /// `place` is where the pool is said, or where it is missed.
    void report_covered_pool(const IpPrefix& pool, const Cover& cover, Span place) {
        auto& error =
            diagnostics_.error(place,
                               fmt::format("nothing of the pool {} is free: {} has all of it",
                                           to_string(pool), cover.what),
                               cover.hint);
        if (!cover.span.empty()) {
            error.notes.push_back({cover.span, "which is said here"});
        }
    }

    void report_small_pool(const DomainPlan& domain, std::size_t held, std::size_t needed) {
        const auto length = default_length(topology_, domain, family_);
        const auto& link = topology_.links[index(domain.links.front())];
        const auto has_place = !pool_span_.empty();
        if (const auto cover = cover_of(*link_pool_, family_key(family_))) {
            report_covered_pool(*link_pool_, *cover, has_place ? pool_span_ : link.span);
            return;
        }
        auto& error = diagnostics_.error(
            has_place ? pool_span_ : link.span,
            fmt::format("the pool {} is too small: it holds {} of the {} subnet{} that the links "
                        "need, and no /{} for link '{}'",
                        to_string(*link_pool_), held, needed, needed == 1 ? "" : "s", length,
                        link.name),
            family_ == Family::ipv4 && length == topology_.addressing.prefix4 && length < 30
                ? fmt::format("take a larger pool, or longer subnets than /{} with "
                              "\"addressing\": {{ \"prefix4\": … }}",
                              length)
                : "take a larger pool");
        if (has_place) {
            error.notes.push_back({link.span, "the first link without a subnet"});
        }
    }

    void number_ends(const DomainPlan& domain) {
        const auto& subnet = domain.subnet[family_];
        if (!subnet) {
            return;
        }
        std::set<IpAddress> taken;
        for (const auto end : domain.ends) {
            if (const auto& said = request_of(endpoint(topology_, end), family_).address) {
                taken.insert(said->address);
            }
        }
        std::uint64_t offset = uses_lowest(family_, subnet->length) ? 0 : 1;
        for (const auto end : domain.ends) {
            if (!wants_address(topology_, end, family_)) {
                continue;
            }
            auto& address = plan_.ends[index(end.link)][end.end][family_];
            if (const auto& said = request_of(endpoint(topology_, end), family_).address) {
                address = IpInterface{said->address, subnet->length};
                continue;
            }
            while (taken.contains(subnet->address.plus(offset))) {
                ++offset;
            }
            const auto next = subnet->address.plus(offset++);
            if (subnet->contains(next) && not_for_interfaces(next, *subnet).empty()) {
                address = IpInterface{next, subnet->length};
            }
        }
    }

    void draw_loopbacks() {
        auto pool = loopback_pool_ ? std::optional{AddressPool{*loopback_pool_, order_.has_value()}}
                                   : std::nullopt;
        if (pool) {
            reserve_explicit(*pool);
        }
        std::size_t needed = 0;
        const Node* first_without = nullptr;
        for (const auto i : loopback_order()) {
            const auto& node = topology_.nodes[i];
            if (take_explicit_loopbacks(i) || !pool || node.kind != NodeKind::router) {
                continue;
            }
            ++needed;
            const auto length = static_cast<std::uint8_t>(bits(family_));
            if (const auto drawn = pool->draw(length)) {
                plan_.loopbacks[i].push_back({drawn->address, length});
            } else if (first_without == nullptr) {
                first_without = &node;
            }
        }
        if (first_without != nullptr) {
            report_small_loopback_pool(*first_without, needed);
        }
    }

    std::vector<std::size_t> loopback_order() const {
        std::vector<std::size_t> nodes(topology_.nodes.size());
        std::iota(nodes.begin(), nodes.end(), std::size_t{0});
        if (order_) {
            std::sort(nodes.begin(), nodes.end(), [&](std::size_t left, std::size_t right) {
                return order_->of_node[left] < order_->of_node[right];
            });
        }
        return nodes;
    }

    void report_small_loopback_pool(const Node& without, std::size_t needed) {
        const auto place = loopback_span_.empty() ? without.span : loopback_span_;
        if (const auto cover = cover_of(*loopback_pool_, loopback_key())) {
            report_covered_pool(*loopback_pool_, *cover, place);
            return;
        }
        diagnostics_.error(
            place,
            fmt::format("the loopback pool {} is too small: {} an address, and none is left for "
                        "'{}'",
                        to_string(*loopback_pool_),
                        needed == 1 ? "1 router needs" : fmt::format("{} routers need", needed),
                        without.name),
            "take a larger pool");
    }

    /// Whether the node says a loopback of its own in this family.
    bool take_explicit_loopbacks(std::size_t node) {
        bool any = false;
        for (const auto& loopback : topology_.nodes[node].loopback) {
            if (loopback.address.family == family_) {
                plan_.loopbacks[node].push_back(
                    {loopback.address, static_cast<std::uint8_t>(bits(family_))});
                any = true;
            }
        }
        return any;
    }

    const Topology& topology_;
    const std::optional<AddressOrder>& order_;
    AddressPlan& plan_;
    Family family_;
    Diagnostics& diagnostics_;
    std::optional<IpPrefix> link_pool_;
    std::optional<IpPrefix> loopback_pool_;
    Span pool_span_;
    Span loopback_span_;
    bool pool_is_wrong_ = false;
    std::vector<std::optional<ExplicitSubnet>> subnets_;
};

} // namespace

AddressPlan plan_addresses(const Topology& topology, std::vector<std::vector<LinkId>> domains,
                           Diagnostics& diagnostics) {
    auto plan = empty_plan(topology, std::move(domains));
    const auto order = address_order(topology, plan.domains);
    for (const auto family : families) {
        FamilyAddresses{topology, order, plan, family, diagnostics}.run();
    }
    return plan;
}

} // namespace netlab
