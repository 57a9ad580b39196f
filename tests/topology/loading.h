#pragma once

#include "support/catch.h"
#include "topology/load_topology.h"

#include <string>
#include <vector>

namespace netlab::test {

/// A topology and what was said of it.
struct Loaded {
    Topology topology;
    std::vector<std::string> errors;
};

inline Loaded load(const std::string& text, const std::string& name = "lab.json") {
    Diagnostics diagnostics;
    Loaded loaded{load_topology(Source{name, text}, "/nonexistent", diagnostics), {}};
    for (const auto& diagnostic : diagnostics.all()) {
        loaded.errors.push_back(diagnostic.message +
                                (diagnostic.hint.empty() ? "" : " (" + diagnostic.hint + ")"));
    }
    return loaded;
}

/// The topology of a text without a mistake.
inline Topology good(const std::string& text, const std::string& name = "lab.json") {
    auto loaded = load(text, name);
    CHECK(loaded.errors == std::vector<std::string>{});
    return std::move(loaded.topology);
}

inline std::vector<std::string> node_names(const Topology& topology) {
    std::vector<std::string> names;
    for (const auto& node : topology.nodes) {
        names.push_back(node.name);
    }
    return names;
}

/// Each link as `name: node:interface - node:interface …`.
inline std::vector<std::string> wires(const Topology& topology) {
    std::vector<std::string> lines;
    for (const auto& link : topology.links) {
        std::string line = link.name + ":";
        for (const auto& end : link.endpoints) {
            line += (line.back() == ':' ? " " : " - ") + topology.nodes[index(end.node)].name +
                    ":" + end.interface;
        }
        lines.push_back(line);
    }
    return lines;
}

} // namespace netlab::test
