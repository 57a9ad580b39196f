#pragma once

#include "base/ids.h"
#include "plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// What some nodes send does not reach some others.
struct Separation {
    std::vector<NodeId> from;
    std::vector<NodeId> to;

    bool operator==(const Separation&) const = default;
};

/// A partition of a lab: what is apart, and that in a line for a person.
struct Partition {
    std::vector<Separation> separations;
    std::string what;
};

using Sides = std::vector<std::vector<NodeId>>;

/// No side hears another; who is on none hears all. With `one_way` what the first side sends does
/// not reach the second, and nothing else. Throws InputError for sides that have a node in common,
/// for one that is empty, for fewer than two (and with `one_way` more), and for a switch.
Partition part(const Plan& plan, const Sides& sides, bool one_way);

enum class Shape : std::uint8_t {
    halves,        ///< half of them, rounded down, and the rest
    bridge,        ///< halves, and between them a node that is joined to both
    ring,          ///< each hears its two neighbours in a circle only
    majority_ring, ///< each hears a majority round it in the circle, and no two the same one
};

/// A shape by its name on the command line, `majority-ring`.
std::optional<Shape> shape_from(const std::string& name);

/// Gives `nodes` a shape, in their order; with a `seed` in an order that comes of it. Throws
/// InputError for too few nodes, and for a switch.
Partition part(const Plan& plan, std::vector<NodeId> nodes, Shape shape,
               std::optional<std::uint64_t> seed);

} // namespace netlab
