#include "graph/shortest_paths.h"

#include "graph/routed_arcs.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>

#include <boost/graph/dijkstra_shortest_paths_no_color_map.hpp>

namespace netlab {

namespace {

constexpr auto unreachable = std::numeric_limits<std::uint64_t>::max();

/// Notes the vertices in the order in which their distance is final.
struct NoteOrder : boost::dijkstra_visitor<> {
    explicit NoteOrder(std::vector<std::uint32_t>& into) : order{&into} {}

    template <typename G>
    void examine_vertex(std::uint32_t vertex, const G&) {
        order->push_back(vertex);
    }

    std::vector<std::uint32_t>* order;
};

} // namespace

ShortestPaths::ShortestPaths(const RoutedGraph& graph)
    : graph_{&graph}, distance_(graph.node_count() + graph.domain_count(), unreachable),
      hops_(distance_.size(), 0) {
    intern({});
}

ShortestPaths ShortestPaths::from_node(const RoutedGraph& graph, NodeId source) {
    ShortestPaths paths{graph};
    paths.run(static_cast<std::uint32_t>(index(source)));
    return paths;
}

ShortestPaths ShortestPaths::from_domain(const RoutedGraph& graph, std::uint32_t domain) {
    assert(graph.is_transit(domain));
    ShortestPaths paths{graph};
    paths.direct_[domain] = {FirstHop::any_end};
    paths.run(static_cast<std::uint32_t>(graph.node_count()) + domain);
    return paths;
}

void ShortestPaths::search_breadth_first() {
    const auto& arcs = graph_->arcs().graph;
    distance_[source_] = 0;
    order_.push_back(source_);
    for (std::size_t next = 0; next < order_.size(); ++next) {
        const auto vertex = order_[next];
        for (auto [arc, end] = boost::out_edges(vertex, arcs); arc != end; ++arc) {
            const auto to = boost::target(*arc, arcs);
            if (distance_[to] == unreachable) {
                distance_[to] = distance_[vertex] + out_of_domain;
                order_.push_back(to);
            }
        }
    }
}

void ShortestPaths::search_by_cost() {
    const auto& arcs = graph_->arcs().graph;
    const auto vertex_index = boost::get(boost::vertex_index, arcs);
    std::vector<std::uint32_t> predecessor(distance_.size());
    boost::dijkstra_shortest_paths_no_color_map(
        arcs, source_,
        boost::weight_map(boost::get(&RoutedArc::cost, arcs))
            .distance_map(boost::make_iterator_property_map(distance_.begin(), vertex_index))
            .predecessor_map(boost::make_iterator_property_map(predecessor.begin(), vertex_index))
            .distance_inf(unreachable)
            .visitor(NoteOrder{order_}));
}

void ShortestPaths::run(std::uint32_t source) {
    source_ = source;
    order_.reserve(distance_.size());
    if (graph_->arcs().equal) {
        search_breadth_first();
    } else {
        search_by_cost();
    }
    if (source < graph_->node_count()) {
        for (const auto end : graph_->of_node(node_id(source))) {
            const auto& [node, domain, cost] = graph_->attachments()[end];
            if (!graph_->is_transit(domain) ||
                into_domain(cost) == distance_[graph_->node_count() + domain]) {
                direct_[domain].push_back(end);
            }
        }
    }
    for (const auto vertex : order_) {
        follow_arcs(vertex);
    }
}

void ShortestPaths::follow_arcs(std::uint32_t vertex) {
    const auto& arcs = graph_->arcs().graph;
    const auto nodes = static_cast<std::uint32_t>(graph_->node_count());
    for (auto [arc, end] = boost::out_edges(vertex, arcs); arc != end; ++arc) {
        const auto to = boost::target(*arc, arcs);
        if (to == source_ || distance_[vertex] + arcs[*arc].cost != distance_[to]) {
            continue;
        }
        hops_[to] = join(hops_[to], hops_[vertex]);
        const auto direct = vertex < nodes ? direct_.end() : direct_.find(vertex - nodes);
        if (direct == direct_.end()) {
            continue;
        }
        // The neighbour answers at its first end in the domain; ours may be several, side by side.
        const auto& ends = graph_->of_domain(vertex - nodes);
        const auto in = *std::find_if(ends.begin(), ends.end(), [&](std::uint32_t i) {
            return graph_->attachments()[i].node == node_id(to);
        });
        std::vector<FirstHop> hops;
        for (const auto out : direct->second) {
            hops.push_back({out, in});
        }
        hops_[to] = join(hops_[to], intern(std::move(hops)));
    }
}

std::optional<ShortestPaths::DomainReach> ShortestPaths::reach(std::uint32_t domain) const {
    const auto direct = direct_.find(domain);
    const auto own = direct == direct_.end() ? std::vector<std::uint32_t>{} : direct->second;
    if (graph_->is_transit(domain)) {
        const auto vertex = graph_->node_count() + domain;
        if (distance_[vertex] == unreachable) {
            return std::nullopt;
        }
        return DomainReach{distance_[vertex], hops_[vertex], own};
    }
    // Not transit: the one node that can send into it, unless that is the source itself, is a
    // router.
    for (const auto i : graph_->of_domain(domain)) {
        const auto& [node, in, cost] = graph_->attachments()[i];
        const auto from_here = index(node) == source_;
        if ((from_here || graph_->forwards(node)) && distance_[index(node)] != unreachable) {
            return DomainReach{distance_[index(node)] + into_domain(cost), hops_[index(node)], own};
        }
    }
    return std::nullopt;
}

std::optional<Reach> ShortestPaths::to_domain(std::uint32_t domain) {
    const auto found = reach(domain);
    if (!found) {
        return std::nullopt;
    }
    return Reach{(found->distance + 1) / 2, found->hops};
}

std::optional<Reach> ShortestPaths::to_node(NodeId node) {
    if (index(node) == source_ || graph_->forwards(node)) {
        const auto distance = distance_[index(node)];
        if (distance == unreachable) {
            return std::nullopt;
        }
        return Reach{distance / 2, hops_[index(node)]};
    }
    std::optional<Reach> best;
    std::vector<std::uint32_t> seen;
    for (const auto in : graph_->of_node(node)) {
        const auto domain = graph_->attachments()[in].domain;
        if (std::find(seen.begin(), seen.end(), domain) != seen.end()) {
            continue; // it answers at its first end in the domain
        }
        seen.push_back(domain);
        const auto found = reach(domain);
        const auto distance = found ? (found->distance + 1) / 2 : 0;
        if (!found || (best && best->distance < distance)) {
            continue;
        }
        std::vector<FirstHop> straight;
        for (const auto out : found->direct) {
            straight.push_back({out, in});
        }
        const auto hops = join(found->hops, intern(std::move(straight)));
        best = best && best->distance == distance ? Reach{distance, join(best->hops, hops)}
                                                  : Reach{distance, hops};
    }
    return best;
}

HopSet ShortestPaths::join(HopSet left, HopSet right) {
    if (left == 0 || right == 0 || left == right) {
        return std::max(left, right);
    }
    const auto key = std::minmax(left, right);
    if (const auto known = joined_.find(key); known != joined_.end()) {
        return known->second;
    }
    std::vector<FirstHop> both;
    std::set_union(sets_[left]->begin(), sets_[left]->end(), sets_[right]->begin(),
                   sets_[right]->end(), std::back_inserter(both));
    return joined_[key] = intern(std::move(both));
}

HopSet ShortestPaths::intern(std::vector<FirstHop> hops) {
    const auto [place, is_new] =
        set_of_.try_emplace(std::move(hops), static_cast<HopSet>(sets_.size()));
    if (is_new) {
        sets_.push_back(&place->first);
    }
    return place->second;
}

} // namespace netlab
