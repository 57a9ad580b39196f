#include "topology/interface_names.h"

#include "base/quote.h"

#include <cstddef>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

namespace netlab {

void name_interfaces(std::vector<Link>& links, const NodeTable& table, Input& input) {
    std::unordered_map<NodeId, std::unordered_map<std::string, Span>> given;
    for (const auto& link : links) {
        for (const auto& end : link.endpoints) {
            if (end.interface.empty()) {
                continue;
            }
            const auto [first, is_new] = given[end.node].try_emplace(end.interface, end.span);
            if (!is_new) {
                input.diagnostics
                    .error(end.span,
                           fmt::format("a second interface {} of node {}", quoted(end.interface),
                                       quoted(table.nodes[index(end.node)].name)))
                    .notes.push_back({first->second, "first used here"});
            }
        }
    }
    std::vector<std::size_t> next(table.nodes.size());
    for (auto& link : links) {
        for (auto& end : link.endpoints) {
            const auto names = given.find(end.node);
            while (end.interface.empty()) {
                auto name = fmt::format("eth{}", next[index(end.node)]++);
                if (names == given.end() || !names->second.contains(name)) {
                    end.interface = std::move(name);
                }
            }
        }
    }
}

} // namespace netlab
