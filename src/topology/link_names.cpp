#include "topology/link_names.h"

#include "base/quote.h"

#include <fmt/format.h>

namespace netlab {

void LinkNames::reserve(const std::string& name, Span span, Input& input) {
    const auto [first, is_new] = taken_.try_emplace(name, span);
    if (!is_new) {
        input.diagnostics.error(span, fmt::format("a second link named {}", quoted(name)))
            .notes.push_back({first->second, "first used here"});
    }
}

void LinkNames::fill(std::vector<Link>& links, const NodeTable& table) {
    std::unordered_map<std::string, std::size_t> parallel;
    taken_.reserve(links.size());
    for (auto& link : links) {
        if (!link.name.empty()) {
            continue;
        }
        const auto& nodes = table.nodes;
        const auto base = nodes[index(link.endpoints[0].node)].name + "-" +
                          nodes[index(link.endpoints[1].node)].name;
        auto& count = parallel[base];
        do {
            ++count;
            link.name = count == 1 ? base : fmt::format("{}-{}", base, count);
        } while (!taken_.try_emplace(link.name).second);
    }
}

} // namespace netlab
