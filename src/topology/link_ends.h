#pragma once

#include "topology/fields.h"
#include "topology/link_impairments.h"
#include "topology/node_table.h"
#include "topology/topology.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// An endpoint as the file has it: one end, or with ranges several.
struct WrittenEnd {
    std::string text; ///< for messages
    std::vector<NodeId> nodes;
    std::vector<std::string> interfaces; ///< none, one for all, or one for each of `nodes`
    Endpoint settings;                   ///< what is the same for all of them
    ImpairmentLayer impairments;

    std::size_t size() const { return nodes.size(); }
    Endpoint at(std::size_t i) const;
    /// Whether it says something that only one interface can have.
    bool is_particular() const {
        return settings.ipv4.address || settings.ipv6.address || settings.mac;
    }
};

/// Reads an endpoint (`node`, `node:interface` or an object) and expands its ranges. Nothing after
/// an error. `budget` is how many names all ranges of the links may still make.
std::optional<WrittenEnd> read_end(const Value& value, NodeTable& table, TraceFiles& traces,
                                   std::size_t& budget, Input& input);

} // namespace netlab
