#pragma once

#include <cstddef>
#include <cstdint>

namespace netlab {

/// A node: its index in `topology.nodes`, `plan.nodes` and `lab.nodes`, and its vertex in the
/// graph.
enum class NodeId : std::uint32_t {};

/// A link: its index in `topology.links` and `plan.links`.
enum class LinkId : std::uint32_t {};

constexpr std::size_t index(NodeId id) {
    return static_cast<std::size_t>(id);
}
constexpr std::size_t index(LinkId id) {
    return static_cast<std::size_t>(id);
}
constexpr NodeId node_id(std::size_t i) {
    return static_cast<NodeId>(i);
}
constexpr LinkId link_id(std::size_t i) {
    return static_cast<LinkId>(i);
}

} // namespace netlab
