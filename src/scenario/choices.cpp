#include "scenario/choices.h"

#include "base/quote.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::uint64_t golden_step = 0x9e3779b97f4a7c15;

std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
    return z ^ (z >> 31U);
}

bool is_of_time(std::string_view key) {
    constexpr std::array keys{"at", "not_before", "for", "every", "wait", "delay", "jitter"};
    return std::ranges::find(keys, key) != keys.end();
}

/// `{ any: … }` or `{ some: N, of: … }`.
struct Alternatives {
    const Value* of = nullptr;
    const Value* count = nullptr; ///< of `some`
};

Alternatives alternatives(const Value& value) {
    const auto* map = value.as_map();
    if (map == nullptr) {
        return {};
    }
    const auto* any = map->find("any");
    if (any != nullptr && map->members.size() == 1) {
        return {&any->value, nullptr};
    }
    const auto* some = map->find("some");
    const auto* of = map->find("of");
    if (some != nullptr && of != nullptr && map->members.size() == 2) {
        return {&of->value, &some->value};
    }
    return {};
}

/// The items of a list, or the nodes that a pattern names.
std::vector<Value> items_of(const Value& of, Reading& reading) {
    if (const auto* list = of.as_list()) {
        if (list->empty()) {
            reading.diagnostics().error(of.span, "there is nothing to choose from");
        }
        return *list;
    }
    std::vector<Value> items;
    const auto* text = of.as_string();
    if (text == nullptr) {
        refuse_type(of, "what is chosen from", "nodes or a list", reading.input);
        return items;
    }
    for (const auto id : nodes_of(*text, of.span, reading).value_or(std::vector<NodeId>{})) {
        items.push_back({of.span, reading.names.topology.nodes[index(id)].name});
    }
    return items;
}

Value choose(const Value& whole, const Alternatives& from, Choices& choices, Reading& reading) {
    auto items = items_of(*from.of, reading);
    if (items.empty()) {
        return {whole.span, std::string{"all"}}; // after a mistake: no second one of the same value
    }
    if (from.count == nullptr) {
        return items[choices.below(items.size())];
    }
    const auto count = want_integer(*from.count, "'some'", 1,
                                    static_cast<std::int64_t>(items.size()), reading.input);
    Value picked{whole.span, List{}};
    auto& list = std::get<List>(picked.content);
    for (std::int64_t i = 0; i < count.value_or(1); ++i) {
        const auto at = choices.below(items.size());
        list.push_back(std::move(items[at]));
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return picked;
}

/// If `times`, durations are chosen, too.
Value chosen(const Value& value, Choices& choices, Reading& reading, bool times) {
    if (const auto from = alternatives(value); from.of != nullptr) {
        return chosen(choose(value, from, choices, reading), choices, reading, times);
    }
    Value made{value.span, value.content};
    if (auto* map = std::get_if<Map>(&made.content)) {
        for (auto& [key, key_span, inner] : map->members) {
            const auto* text = inner.as_string();
            if (text != nullptr && times && is_of_time(key)) {
                inner.content = chosen_duration(*text, choices);
            } else if (key != "repeat") { // those of churn are chosen in each round
                inner = chosen(inner, choices, reading, times && key != "churn");
            }
        }
    } else if (auto* list = std::get_if<List>(&made.content)) {
        for (auto& item : *list) {
            item = chosen(item, choices, reading, times);
        }
    }
    return made;
}

} // namespace

Choices Choices::in_turn(std::uint64_t number) {
    Choices choices{0};
    choices.fixed_ = number;
    return choices;
}

std::uint64_t Choices::below(std::uint64_t count) {
    if (fixed_) {
        return std::min(*fixed_, count - 1);
    }
    state_ += golden_step;
    // The high half of a product: as even as a division, and the same everywhere.
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(mixed(state_)) * count) >> 64U);
}

Choices Choices::of(std::uint64_t name) const {
    return Choices{mixed(state_ + golden_step * (name + 1))};
}

std::string chosen_duration(const std::string& text, Choices& choices) {
    const auto dots = text.find("..");
    if (dots == std::string::npos) {
        return text;
    }
    const std::string sign = text.starts_with('+') ? "+" : "";
    const auto least =
        parse_duration(std::string_view{text}.substr(sign.size(), dots - sign.size()));
    const auto most = parse_duration(std::string_view{text}.substr(dots + 2));
    if (!least || !most || *least > *most) {
        return text;
    }
    const auto spread = static_cast<std::uint64_t>((*most - *least).count());
    // To the microsecond: what is shown can be read, and no schedule is finer.
    const auto more = Duration{static_cast<std::int64_t>(choices.below(spread + 1) / 1000 * 1000)};
    return sign + to_string(*least + more);
}

Value chosen(const Value& value, Choices& choices, Reading& reading) {
    return chosen(value, choices, reading, true);
}

std::uint64_t most_alternatives(const Value& value, Reading& reading) {
    std::uint64_t most = 1;
    if (const auto from = alternatives(value); from.of != nullptr) {
        most = std::max<std::uint64_t>(most, items_of(*from.of, reading).size());
    }
    if (const auto* map = value.as_map()) {
        for (const auto& member : map->members) {
            if (member.key != "repeat") {
                most = std::max(most, most_alternatives(member.value, reading));
            }
        }
    } else if (const auto* list = value.as_list()) {
        for (const auto& item : *list) {
            most = std::max(most, most_alternatives(item, reading));
        }
    }
    return most;
}

} // namespace netlab
