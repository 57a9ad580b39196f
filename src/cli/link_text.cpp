#include "cli/link_text.h"

#include "cli/link_state.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

std::string spell(const Properties& properties) {
    std::string text;
    for (const auto& [key, value] : properties) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, value);
    }
    return text;
}

std::string describe(const LinkAnswer& link) {
    const auto cut = [](bool down) { return down ? " (cut)" : ""; };
    const bool alike = std::ranges::all_of(link.ends, [&](const LinkEndAnswer& end) {
        return end.now == link.ends.front().now && end.down == link.down;
    });
    if (link.ends.empty() || (alike && link.ends.front().now.empty())) {
        return fmt::format("{}: perfect{}\n", link.name, cut(link.down));
    }
    if (alike) {
        return fmt::format("{}: {} {}{}\n", link.name, spell(link.ends.front().now),
                           link.segment ? "from each end" : "both ways", cut(link.down));
    }
    std::string text;
    for (const auto& end : link.ends) {
        text += fmt::format("{}: from {}: {}{}\n", link.name, name_of(end),
                            end.now.empty() ? "perfect" : spell(end.now), cut(end.down));
    }
    return text;
}

} // namespace netlab
