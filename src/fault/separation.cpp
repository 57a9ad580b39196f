#include "fault/separation.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

struct ShapeName {
    const char* name;
    Shape shape;
    std::size_t least; ///< nodes without which nothing would be apart
};
constexpr std::array<ShapeName, 4> shapes{{{"halves", Shape::halves, 2},
                                           {"bridge", Shape::bridge, 3},
                                           {"ring", Shape::ring, 4},
                                           {"majority-ring", Shape::majority_ring, 4}}};

std::string names_of(const Plan& plan, const std::vector<NodeId>& nodes) {
    std::vector<std::string> names;
    for (const auto id : nodes) {
        names.push_back(plan.nodes[index(id)].name);
    }
    return first_words(names);
}

/// A switch forwards frames, to which rules about packets mean nothing.
void refuse_switches(const Plan& plan, const std::vector<NodeId>& nodes) {
    for (const auto id : nodes) {
        const auto& node = plan.nodes[index(id)];
        if (node.kind == NodeKind::network_switch) {
            throw InputError{"node " + node.name + " is a switch, which is on no side",
                             "name the nodes behind it, or cut its links: netlab link down"};
        }
    }
}

void check_sides(const Plan& plan, const Sides& sides) {
    std::vector<std::size_t> side_of(plan.nodes.size());
    for (std::size_t i = 0; i < sides.size(); ++i) {
        if (sides[i].empty()) {
            throw InputError{"a side of a partition has no nodes"};
        }
        refuse_switches(plan, sides[i]);
        for (const auto id : sides[i]) {
            if (std::exchange(side_of[index(id)], i + 1) != 0) {
                throw InputError{"node " + plan.nodes[index(id)].name +
                                     " is on two sides of the partition",
                                 "a node that is on none stays joined to all"};
            }
        }
    }
}

/// The standard fixes what comes of the engine, not of std::shuffle.
void shuffle(std::vector<NodeId>& nodes, std::uint64_t seed) {
    std::mt19937_64 engine{seed};
    for (std::size_t left = nodes.size(); left > 1; --left) {
        std::swap(nodes[left - 1], nodes[engine() % left]);
    }
}

/// Each node hears those at most `reach` away from it in the circle.
std::vector<Separation> circle(const std::vector<NodeId>& nodes, std::size_t reach) {
    std::vector<Separation> separations;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        Separation one{{}, {nodes[i]}};
        for (std::size_t step = reach + 1; step < nodes.size() - reach; ++step) {
            one.from.push_back(nodes[(i + step) % nodes.size()]);
        }
        separations.push_back(std::move(one));
    }
    return separations;
}

Partition in_circle(const Plan& plan, const std::vector<NodeId>& nodes, std::size_t reach) {
    return {circle(nodes, reach), fmt::format("in a circle of {}: each hears {} on either side",
                                              names_of(plan, nodes), reach)};
}

Partition bisected(const Plan& plan, const std::vector<NodeId>& nodes, bool bridged) {
    const auto half = static_cast<std::ptrdiff_t>((nodes.size() - (bridged ? 1 : 0)) / 2);
    const auto middle = nodes.begin() + half;
    auto parted =
        part(plan, {{nodes.begin(), middle}, {middle + (bridged ? 1 : 0), nodes.end()}}, false);
    if (bridged) {
        parted.what += fmt::format("; {} hears both", plan.nodes[index(*middle)].name);
    }
    return parted;
}

} // namespace

Partition part(const Plan& plan, const Sides& sides, bool one_way) {
    if (sides.size() < 2 || (one_way && sides.size() > 2)) {
        throw InputError{one_way ? "one way is from one side to another: it takes two"
                                 : "a partition has two sides or more",
                         "netlab partition 'n[1-2]' 'n[3-5]'"};
    }
    check_sides(plan, sides);
    Partition partition;
    for (std::size_t i = 0; i < sides.size(); ++i) {
        partition.what += i == 0 ? "" : (one_way ? " -> " : " | ");
        partition.what += names_of(plan, sides[i]);
        Separation one{{}, sides[i]};
        for (std::size_t other = 0; other < sides.size(); ++other) {
            if (other != i && !(one_way && other > i)) {
                one.from.insert(one.from.end(), sides[other].begin(), sides[other].end());
            }
        }
        if (!one.from.empty()) {
            partition.separations.push_back(std::move(one));
        }
    }
    return partition;
}

std::optional<Shape> shape_from(const std::string& name) {
    const auto* const found = std::ranges::find(shapes, name, &ShapeName::name);
    return found == shapes.end() ? std::nullopt : std::optional{found->shape};
}

Partition part(const Plan& plan, std::vector<NodeId> nodes, Shape shape,
               std::optional<std::uint64_t> seed) {
    const auto& about = *std::ranges::find(shapes, shape, &ShapeName::shape);
    refuse_switches(plan, nodes);
    if (nodes.size() < about.least) {
        throw InputError{fmt::format("the shape {} needs {} nodes at least, and these are {}",
                                     about.name, about.least, nodes.size())};
    }
    if (seed) {
        shuffle(nodes, *seed);
    }
    if (shape == Shape::ring) {
        return in_circle(plan, nodes, 1);
    }
    if (shape == Shape::majority_ring) {
        // With itself 2 * reach + 1, of which more than half are needed.
        return in_circle(plan, nodes, (nodes.size() / 2 + 1) / 2);
    }
    return bisected(plan, nodes, shape == Shape::bridge);
}

} // namespace netlab
