#include "graph/routed_graph.h"

#include "graph/routed_arcs.h"

#include <algorithm>
#include <utility>

namespace netlab {

RoutedGraph::~RoutedGraph() = default;
RoutedGraph::RoutedGraph(RoutedGraph&&) noexcept = default;
RoutedGraph& RoutedGraph::operator=(RoutedGraph&&) noexcept = default;

RoutedGraph::RoutedGraph(std::vector<bool> forwards, std::size_t domain_count,
                         std::vector<Attachment> attachments)
    : forwards_{std::move(forwards)}, attachments_{std::move(attachments)},
      of_node_(forwards_.size()), of_domain_(domain_count), transit_(domain_count, false) {
    for (std::uint32_t i = 0; i < attachments_.size(); ++i) {
        of_node_[index(attachments_[i].node)].push_back(i);
        of_domain_[attachments_[i].domain].push_back(i);
    }
    find_first_ends();
    find_transit();
    find_vertices();

    using Pair = std::pair<std::uint32_t, std::uint32_t>;
    std::vector<Pair> ends;
    std::vector<RoutedArc> costs;
    const auto nodes = static_cast<std::uint32_t>(node_count());
    for (std::uint32_t i = 0; i < attachments_.size(); ++i) {
        const auto& [node, domain, cost] = attachments_[i];
        if (!transit_[domain]) {
            continue;
        }
        const auto vertex = static_cast<std::uint32_t>(index(node));
        if (this->forwards(node) || of_node(node).size() > 1) {
            ends.emplace_back(vertex, nodes + domain);
            costs.push_back({into_domain(cost), 0});
        }
        if (this->forwards(node)) {
            ends.emplace_back(nodes + domain, vertex);
            costs.push_back({out_of_domain, first_end_[i]});
        }
    }
    const auto vertices = nodes + static_cast<std::uint32_t>(domain_count);
    const bool equal = std::all_of(costs.begin(), costs.end(),
                                   [](const RoutedArc& arc) { return arc.cost == out_of_domain; });
    arcs_ = std::make_unique<const Arcs>(
        Arcs{ArcGraph{boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), costs.begin(),
                      vertices},
             equal});
}

void RoutedGraph::find_first_ends() {
    constexpr auto none = std::uint32_t(-1);
    first_end_.resize(attachments_.size());
    std::vector<std::uint32_t> first(node_count(), none);
    for (const auto& ends : of_domain_) {
        for (const auto end : ends) {
            auto& known = first[index(attachments_[end].node)];
            known = known == none ? end : known;
            first_end_[end] = known;
        }
        for (const auto end : ends) {
            first[index(attachments_[end].node)] = none;
        }
    }
}

void RoutedGraph::find_vertices() {
    vertex_of_.assign(domain_count(), static_cast<std::uint32_t>(vertex_count() - 1));
    for (std::uint32_t domain = 0; domain < domain_count(); ++domain) {
        if (transit_[domain]) {
            vertex_of_[domain] = static_cast<std::uint32_t>(node_count()) + domain;
            continue;
        }
        const auto router =
            std::find_if(of_domain_[domain].begin(), of_domain_[domain].end(),
                         [&](std::uint32_t end) { return forwards(attachments_[end].node); });
        if (router != of_domain_[domain].end()) {
            vertex_of_[domain] = static_cast<std::uint32_t>(index(attachments_[*router].node));
        }
    }
}

void RoutedGraph::find_transit() {
    for (std::size_t domain = 0; domain < of_domain_.size(); ++domain) {
        std::size_t choices = 0;
        for (const auto i : of_domain_[domain]) {
            const auto node = attachments_[i].node;
            choices += forwards(node) || of_node(node).size() > 1 ? 1 : 0;
        }
        transit_[domain] = choices > 1;
    }
}

} // namespace netlab
