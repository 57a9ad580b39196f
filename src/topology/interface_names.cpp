#include "topology/interface_names.h"

#include "base/quote.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Uses of an interface that another use came before.
struct Repeated {
    const Endpoint* end = nullptr;
    Span first; ///< where it was used first
    std::size_t times = 0;
};

/// By their places: an end that a range on the other side repeats is one mistake.
using AllRepeated = std::map<std::pair<std::uint32_t, std::uint32_t>, Repeated>;

void report_repeated(const Repeated& repeated, const NodeTable& table, Input& input) {
    const auto& [end, first, times] = repeated;
    const auto& node = table.nodes[index(end->node)].name;
    if (first == end->span) {
        input.diagnostics.error(
            end->span,
            fmt::format("{} of node {} would be an end of {} links", quoted(end->interface),
                        quoted(node), times + 1),
            fmt::format("leave the interface out, or name one for each: \"{}:p[1-{}]\"", node,
                        times + 1));
        return;
    }
    input.diagnostics
        .error(end->span, fmt::format("a second interface {} of node {}", quoted(end->interface),
                                      quoted(node)))
        .notes.push_back({first, "first used here"});
}

} // namespace

void name_interfaces(std::vector<Link>& links, const NodeTable& table, Input& input) {
    std::unordered_map<NodeId, std::unordered_map<std::string, Span>> given;
    AllRepeated all_repeated;
    for (const auto& link : links) {
        for (const auto& end : link.endpoints) {
            if (end.interface.empty()) {
                continue;
            }
            if (end.interface == uplink_name &&
                table.nodes[index(end.node)].kind == NodeKind::internet) {
                input.diagnostics.error(end.span,
                                        fmt::format("{} is the interface by which node {} reaches "
                                                    "the host's network",
                                                    quoted(end.interface),
                                                    quoted(table.nodes[index(end.node)].name)),
                                        "give this end another name, or none");
            }
            const auto [first, is_new] = given[end.node].try_emplace(end.interface, end.span);
            if (!is_new) {
                auto& repeated = all_repeated[{end.span.begin, end.span.end}];
                repeated = {&end, first->second, repeated.times + 1};
            }
        }
    }
    for (const auto& [place, repeated] : all_repeated) {
        report_repeated(repeated, table, input);
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
