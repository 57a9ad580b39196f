#include "plan/route_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace netlab {

RouteTable::RouteTable(std::vector<RoutePlan> routes) {
    make_room_for(routes.size());
    for (auto& route : routes) {
        push_back(std::move(route));
    }
}

RouteView RouteTable::operator[](std::size_t route) const {
    const auto& [to, way] = entries_[route];
    const auto& [next_hops, metric, span] = ways_[way];
    return {to, next_hops, metric, span};
}

bool RouteTable::operator==(const RouteTable& other) const {
    return std::equal(begin(), end(), other.begin(), other.end(),
                      [](const RouteView& left, const RouteView& right) {
                          return std::tie(left.to, left.next_hops, left.metric, left.span) ==
                                 std::tie(right.to, right.next_hops, right.metric, right.span);
                      });
}

void RouteTable::push_back(RoutePlan route) {
    entries_.push_back({route.to, static_cast<std::uint32_t>(ways_.size())});
    ways_.push_back({std::move(route.next_hops), route.metric, route.span});
}

std::uint32_t RouteTable::add_way(std::vector<NextHop> next_hops) {
    ways_.push_back({std::move(next_hops), std::nullopt, {}});
    return static_cast<std::uint32_t>(ways_.size() - 1);
}

void RouteTable::sort() {
    const auto is_before = [&](const Entry& left, const Entry& right) {
        return std::tie(left.to, ways_[left.way].metric) <
               std::tie(right.to, ways_[right.way].metric);
    };
    if (!std::is_sorted(entries_.begin(), entries_.end(), is_before)) {
        std::sort(entries_.begin(), entries_.end(), is_before);
    }
}

} // namespace netlab
