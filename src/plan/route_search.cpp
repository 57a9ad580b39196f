#include "plan/route_search.h"

#include <algorithm>

namespace netlab {

namespace {

constexpr auto none = std::uint32_t(-1);

/// Destinations of one kind have the same first hops, and want all or are content with some. Kind
/// 0 is nobody's.
constexpr std::uint32_t kind_of(HopSet hops, bool some_will_do) {
    return 2 * hops + (some_will_do && hops != 0 ? 1U : 0U);
}

} // namespace

RouteSearch::RouteSearch(const PerFamily<Destinations>& destinations)
    : destinations_{destinations}, alike_{destinations[Family::ipv4].are_like(
                                       destinations[Family::ipv6])} {
    for (const auto family : families) {
        summaries_.emplace_back(destinations[family].tree());
    }
}

ShortestPaths& RouteSearch::paths(NodeId node, Family family) {
    return cache_.paths(destinations_[family].graph(), node);
}

RouteSearch::Found& RouteSearch::found(NodeId node, Family family) {
    auto& found = found_[alike_ ? Family::ipv4 : family];
    if (found.node != node) {
        found.known = destinations_[family].find_hops(node, paths(node, family), found.hops);
        found.summed_up = false;
        found.node = node;
    }
    return found;
}

const std::vector<HopSet>& RouteSearch::hops(NodeId node, Family family) {
    return found(node, family).hops;
}

std::size_t RouteSearch::known(NodeId node, Family family) {
    return found(node, family).known;
}

const std::vector<Sum>& RouteSearch::sums(NodeId node, Family family) {
    const auto first = alike_ ? Family::ipv4 : family;
    auto& found = this->found(node, family);
    auto& sums = sums_[first];
    if (!found.summed_up) {
        find_choices(found, destinations_[first], paths(node, family));
        sums = summaries_[static_cast<std::size_t>(first)].run(kinds_, choices_);
        found.summed_up = true;
    }
    return sums;
}

void RouteSearch::find_choices(const Found& found, const Destinations& destinations,
                               ShortestPaths& paths) {
    const auto kinds = 2 * paths.set_count();
    kinds_.resize(found.hops.size());
    wanted_.assign(kinds, 0);
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
        kinds_[i] = kind_of(found.hops[i], destinations.routers_only()[i] != 0);
        wanted_[kinds_[i]] = 1;
    }
    find_values(paths);
    choices_.resize(kinds);
    for (HopSet set = 1; set < kinds / 2; ++set) {
        if (wanted_[kind_of(set, false)] != 0) {
            choices_.allow(kind_of(set, false), value_of_[set]);
        }
        if (wanted_[kind_of(set, true)] != 0) {
            allow_parts(set, kind_of(set, true), paths);
        }
    }
}

/// What routes may lead to: what somebody wants all of, and each first hop by itself that will do
/// for somebody. Large sets come first, so that of several that serve as well one shares the
/// traffic.
void RouteSearch::find_values(ShortestPaths& paths) {
    auto& values = choices_.values;
    values.clear();
    std::vector<std::uint8_t> alone(paths.number_count());
    const auto sets = static_cast<HopSet>(wanted_.size() / 2);
    for (HopSet set = 1; set < sets; ++set) {
        if (wanted_[kind_of(set, false)] != 0) {
            values.push_back(set);
        }
        if (wanted_[kind_of(set, true)] != 0) {
            for (const auto number : paths.numbers(set)) {
                alone[number] = 1;
            }
        }
    }
    for (std::uint32_t number = 0; number < alone.size(); ++number) {
        const auto set = alone[number] != 0 ? paths.only(number) : 0;
        if (set != 0 && (set >= sets || wanted_[kind_of(set, false)] == 0)) {
            values.push_back(set);
        }
    }
    std::stable_sort(values.begin(), values.end(), [&](HopSet left, HopSet right) {
        return paths.numbers(left).size() > paths.numbers(right).size();
    });
    value_of_.assign(paths.set_count(), none);
    single_of_.assign(paths.number_count(), none);
    by_first_.resize(paths.number_count());
    for (auto& several : by_first_) {
        several.clear();
    }
    for (std::uint32_t value = 0; value < values.size(); ++value) {
        const auto numbers = paths.numbers(values[value]);
        value_of_[values[value]] = value;
        if (numbers.size() == 1) {
            single_of_[numbers.front()] = value;
        } else {
            by_first_[numbers.front()].push_back(value);
        }
    }
}

void RouteSearch::allow_parts(HopSet wanted, std::size_t kind, ShortestPaths& paths) {
    const auto all = paths.numbers(wanted);
    for (const auto number : all) {
        choices_.allow(kind, single_of_[number]);
        for (const auto value : by_first_[number]) {
            const auto part = paths.numbers(choices_.values[value]);
            if (std::includes(all.begin(), all.end(), part.begin(), part.end())) {
                choices_.allow(kind, value);
            }
        }
    }
}

} // namespace netlab
