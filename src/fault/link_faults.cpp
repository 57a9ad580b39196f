#include "fault/link_faults.h"

#include "lab/cabling.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace netlab {

namespace {

using Properties = std::vector<std::pair<std::string, std::string>>;

/// What is there now and not, or not so, in the file; then what the file has and is not there.
std::string difference(const Impairment& file, const Impairment& now) {
    const auto before = properties_of(file);
    const auto after = properties_of(now);
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    for (const auto& property : after) {
        if (std::ranges::find(before, property) == before.end()) {
            add(property.first + " " + property.second);
        }
    }
    for (const auto& property : before) {
        const auto is_it = [&](const auto& other) { return other.first == property.first; };
        if (std::ranges::none_of(after, is_it)) {
            add("no " + property.first);
        }
    }
    return text;
}

void add_cable(const Lab& lab, const Cable& cable, std::string& text) {
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& side = cable.sides.at(i);
        if (!side.node) {
            continue;
        }
        const auto part = difference(planned(lab.plan, side), cable.entering.at(i));
        if (!part.empty()) {
            text +=
                fmt::format("{}{}: {}", text.empty() ? "" : "; ", name_of(lab.plan, side), part);
        }
    }
}

} // namespace

std::string differences(Lab& lab, LinkId id) {
    const auto& name = lab.plan.links[index(id)].name;
    const auto cables = lab.cables_of(id);
    std::string text;
    if (std::ranges::all_of(cables, &Cable::unplugged)) {
        text = name + " is down";
    } else {
        for (const auto& cable : cables) {
            if (cable.unplugged) {
                text += fmt::format("{}{} is down", text.empty() ? "" : "; ",
                                    name_of(lab.plan, cable.sides[0]));
            }
        }
    }
    for (const auto& cable : cables) {
        add_cable(lab, cable, text);
    }
    return text;
}

} // namespace netlab
