#include "graph/shortest_paths.h"

#include "graph/routed_arcs.h"

#include <algorithm>
#include <cassert>
#include <iterator>

#include <boost/graph/dijkstra_shortest_paths_no_color_map.hpp>

namespace netlab {

namespace {

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
    : graph_{&graph}, vertices_(graph.vertex_count()) {
    order_.reserve(vertices_.size());
}

ShortestPaths ShortestPaths::from_node(const RoutedGraph& graph, NodeId source) {
    ShortestPaths paths{graph};
    paths.go_to_node(source);
    return paths;
}

ShortestPaths ShortestPaths::from_domain(const RoutedGraph& graph, std::uint32_t domain) {
    ShortestPaths paths{graph};
    paths.go_to_domain(domain);
    return paths;
}

void ShortestPaths::go_to_node(NodeId source) {
    forget();
    find_own_ends(source);
    run(static_cast<std::uint32_t>(index(source)));
}

void ShortestPaths::go_to_domain(std::uint32_t domain) {
    assert(graph_->is_transit(domain));
    forget();
    direct_.emplace_back(domain, FirstHop::any_end);
    run(static_cast<std::uint32_t>(graph_->node_count()) + domain);
}

void ShortestPaths::forget() {
    std::fill(vertices_.begin(), vertices_.end(), Vertex{});
    order_.clear();
    direct_.clear();
    first_hops_.clear();
    number_of_.clear();
    pool_.clear();
    sets_.assign(1, {0, 0});
    table_.assign(std::max<std::size_t>(table_.size(), 64), 0);
    joined_.fill({});
}

void ShortestPaths::find_own_ends(NodeId source) {
    for (const auto end : graph_->of_node(source)) {
        direct_.emplace_back(graph_->attachments()[end].domain, end);
    }
    std::sort(direct_.begin(), direct_.end());
}

/// A way round may be shorter than the dearer of two ends, or than the only one.
void ShortestPaths::leave_out_dear_ends() {
    const auto is_dear = [&](const auto& own) {
        const auto& [domain, end] = own;
        return end != FirstHop::any_end && graph_->is_transit(domain) &&
               of_domain(domain).distance != into_domain(graph_->attachments()[end].cost);
    };
    for (const auto& [domain, end] : direct_) {
        of_domain(domain).direct = false;
    }
    direct_.erase(std::remove_if(direct_.begin(), direct_.end(), is_dear), direct_.end());
    mark_direct_domains();
}

void ShortestPaths::mark_direct_domains() {
    for (const auto& [domain, end] : direct_) {
        of_domain(domain).direct = true;
    }
}

void ShortestPaths::run(std::uint32_t source) {
    source_ = source;
    mark_direct_domains();
    if (graph_->arcs().equal) {
        search_breadth_first();
    } else {
        search_by_cost();
    }
}

void ShortestPaths::search_breadth_first() {
    const auto& arcs = graph_->arcs().graph;
    vertices_[source_].distance = 0;
    order_.push_back(source_);
    for (std::size_t next = 0; next < order_.size(); ++next) {
        const auto vertex = order_[next];
        const auto further = vertices_[vertex].distance + out_of_domain;
        collect_hops(vertex);
        for (auto [arc, end] = boost::out_edges(vertex, arcs); arc != end; ++arc) {
            const auto to = boost::target(*arc, arcs);
            auto& reached = vertices_[to];
            if (reached.distance == unreachable) {
                reached.distance = further;
                order_.push_back(to);
            }
            if (reached.distance == further) {
                carry(vertex, to, arcs[*arc].in);
            }
        }
    }
}

void ShortestPaths::search_by_cost() {
    const auto& arcs = graph_->arcs().graph;
    const auto vertex_index = boost::get(boost::vertex_index, arcs);
    std::vector<std::uint64_t> distance(vertices_.size(), unreachable);
    std::vector<std::uint32_t> predecessor(vertices_.size());
    boost::dijkstra_shortest_paths_no_color_map(
        arcs, source_,
        boost::weight_map(boost::get(&RoutedArc::cost, arcs))
            .distance_map(boost::make_iterator_property_map(distance.begin(), vertex_index))
            .predecessor_map(boost::make_iterator_property_map(predecessor.begin(), vertex_index))
            .distance_inf(unreachable)
            .visitor(NoteOrder{order_}));
    for (const auto vertex : order_) {
        vertices_[vertex].distance = distance[vertex];
    }
    leave_out_dear_ends();
    for (const auto vertex : order_) {
        collect_hops(vertex);
        for (auto [arc, end] = boost::out_edges(vertex, arcs); arc != end; ++arc) {
            const auto to = boost::target(*arc, arcs);
            if (vertices_[vertex].distance + arcs[*arc].cost == vertices_[to].distance) {
                carry(vertex, to, arcs[*arc].in);
            }
        }
    }
}

/// Most vertices have one set from all that are before them; what has several is put together once,
/// when they are all known.
void ShortestPaths::note_hops(std::uint32_t to, HopSet hops) {
    auto& vertex = vertices_[to];
    if (vertex.hops == 0) {
        vertex.hops = hops;
    } else if (hops != 0 && hops != vertex.hops) {
        vertex.several = true;
    }
}

void ShortestPaths::carry(std::uint32_t from, std::uint32_t to, std::uint32_t in) {
    note_hops(to, vertices_[from].hops);
    if (vertices_[from].direct) {
        note_hops(to, direct_set(from - static_cast<std::uint32_t>(graph_->node_count()), in));
    }
}

void ShortestPaths::collect_hops(std::uint32_t vertex) {
    if (!vertices_[vertex].several) {
        return;
    }
    collected_.clear();
    const auto nodes = static_cast<std::uint32_t>(graph_->node_count());
    if (vertex < nodes) {
        collect_from_domains(vertex);
    } else {
        collect_from_nodes(vertex - nodes);
    }
    vertices_[vertex].hops = unite(collected_);
}

void ShortestPaths::collect_from_nodes(std::uint32_t domain) {
    const auto distance = of_domain(domain).distance;
    for (const auto end : graph_->of_domain(domain)) {
        const auto& [node, in, cost] = graph_->attachments()[end];
        const auto before = vertices_[index(node)].distance;
        if (graph_->forwards(node) && before != unreachable &&
            before + into_domain(cost) == distance) {
            collected_.push_back(vertices_[index(node)].hops);
        }
    }
}

void ShortestPaths::collect_from_domains(std::uint32_t node) {
    const auto distance = vertices_[node].distance;
    for (const auto end : graph_->of_node(node_id(node))) {
        const auto domain = graph_->attachments()[end].domain;
        const auto& before = of_domain(domain);
        if (!graph_->is_transit(domain) || before.distance == unreachable ||
            before.distance + out_of_domain != distance) {
            continue;
        }
        collected_.push_back(before.hops);
        if (before.direct) {
            collected_.push_back(direct_set(domain, graph_->first_end(end)));
        }
    }
}

/// The neighbour answers at its first end in the domain; ours may be several, side by side.
HopSet ShortestPaths::direct_set(std::uint32_t domain, std::uint32_t in) {
    numbers_.clear();
    for (auto own = std::lower_bound(direct_.begin(), direct_.end(), std::pair{domain, 0U});
         own != direct_.end() && own->first == domain; ++own) {
        const FirstHop hop{own->second, in};
        const auto [known, is_new] =
            number_of_.try_emplace(hop, static_cast<std::uint32_t>(first_hops_.size()));
        if (is_new) {
            first_hops_.push_back(hop);
        }
        numbers_.push_back(known->second);
    }
    std::sort(numbers_.begin(), numbers_.end());
    return intern(numbers_);
}

/// Of a domain that is not transit: the one node that can send into it, unless that is the source
/// itself, is a router.
std::uint64_t ShortestPaths::distance_of(std::uint32_t domain) const {
    if (graph_->is_transit(domain)) {
        return vertices_[graph_->node_count() + domain].distance;
    }
    for (const auto i : graph_->of_domain(domain)) {
        const auto& [node, in, cost] = graph_->attachments()[i];
        const auto distance = vertices_[index(node)].distance;
        if ((index(node) == source_ || graph_->forwards(node)) && distance != unreachable) {
            return distance + into_domain(cost);
        }
    }
    return unreachable;
}

std::optional<Reach> ShortestPaths::to_domain(std::uint32_t domain) {
    const auto distance = distance_of(domain);
    if (distance == unreachable) {
        return std::nullopt;
    }
    return Reach{(distance + 1) / 2, to_vertex(graph_->vertex_of(domain))};
}

std::optional<Reach> ShortestPaths::to_node(NodeId node) {
    if (index(node) == source_ || graph_->forwards(node)) {
        const auto& found = vertices_[index(node)];
        if (found.distance == unreachable) {
            return std::nullopt;
        }
        return Reach{found.distance / 2, found.hops};
    }
    std::optional<Reach> best;
    for (const auto in : graph_->of_node(node)) {
        const auto domain = graph_->attachments()[in].domain;
        if (graph_->first_end(in) != in) {
            continue; // it answers at its first end in the domain
        }
        const auto found = to_domain(domain);
        if (!found || (best && best->distance < found->distance)) {
            continue;
        }
        const auto straight = of_domain(domain).direct ? direct_set(domain, in) : 0;
        const auto hops = join(found->hops, straight);
        best = best && best->distance == found->distance
                   ? Reach{found->distance, join(best->hops, hops)}
                   : Reach{found->distance, hops};
    }
    return best;
}

std::vector<FirstHop> ShortestPaths::hops(HopSet set) const {
    std::vector<FirstHop> found;
    for (const auto number : numbers(set)) {
        found.push_back(first_hops_[number]);
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::span<const std::uint32_t> ShortestPaths::numbers(HopSet set) const {
    return {pool_.data() + sets_[set].begin, sets_[set].size};
}

HopSet ShortestPaths::only(std::uint32_t number) {
    numbers_.assign(1, number);
    return intern(numbers_);
}

HopSet ShortestPaths::join(HopSet left, HopSet right) {
    if (left == 0 || right == 0 || left == right) {
        return std::max(left, right);
    }
    if (left > right) {
        std::swap(left, right);
    }
    auto& known = joined_[(left * 0x9e3779b1U + right) % joined_.size()];
    if (known.left != left || known.right != right) {
        const auto one = numbers(left);
        const auto other = numbers(right);
        numbers_.clear();
        std::set_union(one.begin(), one.end(), other.begin(), other.end(),
                       std::back_inserter(numbers_));
        known = {left, right, intern(numbers_)};
    }
    return known.both;
}

/// All at once, so that what a hub with thousands of neighbours has on the way there is not kept.
HopSet ShortestPaths::unite(std::vector<HopSet>& sets) {
    std::sort(sets.begin(), sets.end());
    sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
    if (sets.front() == 0) {
        sets.erase(sets.begin());
    }
    if (sets.size() <= 2) {
        return join(sets.front(), sets.back());
    }
    numbers_.clear();
    for (const auto set : sets) {
        const auto more = numbers(set);
        numbers_.insert(numbers_.end(), more.begin(), more.end());
    }
    std::sort(numbers_.begin(), numbers_.end());
    numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
    return intern(numbers_);
}

namespace {

/// FNV-1a, a number at a time.
std::size_t hash_of(std::span<const std::uint32_t> numbers) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const auto number : numbers) {
        hash = (hash ^ number) * 0x100000001b3U;
    }
    return static_cast<std::size_t>(hash ^ (hash >> 29U));
}

} // namespace

HopSet ShortestPaths::intern(const std::vector<std::uint32_t>& set) {
    if (set.empty()) {
        return 0;
    }
    auto place = hash_of(set) % table_.size();
    for (; table_[place] != 0; place = (place + 1) % table_.size()) {
        const auto known = numbers(table_[place]);
        if (std::equal(known.begin(), known.end(), set.begin(), set.end())) {
            return table_[place];
        }
    }
    const auto number = static_cast<HopSet>(sets_.size());
    table_[place] = number;
    sets_.push_back(
        {static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(set.size())});
    pool_.insert(pool_.end(), set.begin(), set.end());
    make_room_in_table();
    return number;
}

void ShortestPaths::make_room_in_table() {
    if (2 * sets_.size() < table_.size()) {
        return;
    }
    table_.assign(2 * table_.size(), 0);
    for (HopSet set = 1; set < sets_.size(); ++set) {
        auto place = hash_of(numbers(set)) % table_.size();
        while (table_[place] != 0) {
            place = (place + 1) % table_.size();
        }
        table_[place] = set;
    }
}

} // namespace netlab
