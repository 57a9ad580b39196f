#include "fault/cut.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "graph/min_cut.h"
#include "lab/cabling.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

std::string names_of(const Plan& plan, const std::vector<NodeId>& nodes) {
    std::vector<std::string> names;
    for (const auto id : nodes) {
        names.push_back(plan.nodes[index(id)].name);
    }
    return first_words(names);
}

void check_sides(const Plan& plan, const std::vector<NodeId>& from, const std::vector<NodeId>& to) {
    if (from.empty() || to.empty()) {
        throw InputError{"a side of a cut has no nodes"};
    }
    for (const auto id : from) {
        if (std::ranges::find(to, id) != to.end()) {
            throw InputError{"node " + plan.nodes[index(id)].name + " is on both sides of the cut"};
        }
    }
}

std::vector<std::size_t> vertices_of(const std::vector<NodeId>& nodes) {
    std::vector<std::size_t> vertices;
    for (const auto id : nodes) {
        vertices.push_back(index(id));
    }
    return vertices;
}

/// A LAN segment is a vertex behind those of the nodes.
std::size_t vertex_of(const Lab& lab, const Cable& cable, const CableSide& side) {
    return side.node ? index(*side.node) : lab.plan.nodes.size() + index(cable.link);
}

/// Of a segment the end, because it is that cable only.
std::string name_of(const Lab& lab, const Cable& cable) {
    return cable.sides[1].node ? lab.plan.links[index(cable.link)].name
                               : netlab::name_of(lab.plan, cable.sides[0]);
}

} // namespace

Cut cut_between(const Lab& lab, const std::vector<NodeId>& from, const std::vector<NodeId>& to,
                bool cheapest) {
    check_sides(lab.plan, from, to);
    std::vector<CutEdge> edges;
    std::vector<std::size_t> cables;
    for (std::size_t i = 0; i < lab.cables.size(); ++i) {
        const auto& cable = lab.cables[i];
        if (cable.sides[0].up && cable.sides[1].up) {
            edges.push_back({vertex_of(lab, cable, cable.sides[0]),
                             vertex_of(lab, cable, cable.sides[1]),
                             cheapest ? lab.plan.links[index(cable.link)].cost : 1});
            cables.push_back(i);
        }
    }
    Cut cut;
    std::vector<std::string> names;
    for (const auto edge : min_cut(lab.plan.nodes.size() + lab.plan.links.size(), edges,
                                   vertices_of(from), vertices_of(to))) {
        cut.cables.push_back(cables[edge]);
        names.push_back(name_of(lab, lab.cables[cables[edge]]));
    }
    if (names.empty()) {
        throw InputError{fmt::format("no link joins {} and {}", names_of(lab.plan, from),
                                     names_of(lab.plan, to))};
    }
    cut.what = fmt::format("{} | {}: without {}", names_of(lab.plan, from), names_of(lab.plan, to),
                           first_words(names));
    return cut;
}

} // namespace netlab
