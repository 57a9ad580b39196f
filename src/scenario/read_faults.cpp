#include "base/impairment.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "scenario/step_readers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

const std::vector<std::string> shapes{"bridge", "ring", "majority-ring", "halves"};

/// An error for each node that is in two of the sides.
void refuse_overlap(const Member& member, const std::vector<NodePatterns>& sides,
                    Reading& reading) {
    std::map<NodeId, std::size_t> seen;
    const auto& items = *member.value.as_list();
    for (std::size_t side = 0; side < sides.size(); ++side) {
        std::vector<NodeId> own;
        for (const auto& pattern : sides[side]) {
            const auto ids = nodes_of(pattern, items[side].span, reading);
            own.insert(own.end(), ids->begin(), ids->end());
        }
        for (const auto id : own) {
            const auto [at, is_new] = seen.emplace(id, side);
            if (!is_new && at->second != side) {
                reading.diagnostics()
                    .error(items[side].span,
                           fmt::format("the sides overlap: node {} is in two of them",
                                       quoted(reading.names.topology.nodes[index(id)].name)),
                           "a node is on one side, or on none: then it stays joined to all")
                    .notes.push_back({items[at->second].span, "it is in this one, too"});
                return;
            }
        }
    }
}

std::vector<NodePatterns> read_sides(const Member& member, Reading& reading) {
    std::vector<NodePatterns> sides;
    const auto what = quoted(member.key);
    const auto* list = want_list(member.value, what, reading.input, R"(["n[1-2]", "n[3-5]"])");
    if (list == nullptr) {
        return sides;
    }
    for (const auto& item : *list) {
        sides.push_back(read_nodes(item, "a side", reading));
    }
    const bool two_only = member.key != "sides";
    if (sides.size() < 2 || (two_only && sides.size() != 2)) {
        reading.diagnostics().error(member.value.span,
                                    fmt::format("{} must have {} sides, not {}", what,
                                                two_only ? "two" : "two or more", sides.size()),
                                    R"(["n[1-2]", "n[3-5]"])");
    } else if (std::ranges::none_of(sides, [](const auto& side) { return side.empty(); })) {
        refuse_overlap(member, sides, reading);
    }
    return sides;
}

std::string read_shape(const Value& value, Reading& reading) {
    const auto* text = want_string(value, "'shape'", reading.input);
    if (text == nullptr) {
        return {};
    }
    if (text->starts_with("isolate:")) {
        return nodes_of(text->substr(8), value.span, reading) ? *text : std::string{};
    }
    if (std::ranges::find(shapes, *text) != shapes.end()) {
        return *text;
    }
    auto hint = did_you_mean(*text, shapes);
    reading.diagnostics().error(value.span, fmt::format("unknown shape {}", quoted(*text)),
                                hint.empty() ? "bridge, ring, majority-ring, halves or isolate:NODE"
                                             : std::move(hint));
    return {};
}

/// Of a shape: a number, or `any` (see StepSource::draw).
std::optional<std::uint64_t> read_order_seed(const Value& value, Reading& reading) {
    constexpr auto most = (std::int64_t{1} << 53) - 1;
    const auto* text = value.as_string();
    if (text != nullptr && *text == "any") {
        return 0;
    }
    const auto seed = want_integer(value, "'seed'", 0, most, reading.input);
    return seed ? std::optional{static_cast<std::uint64_t>(*seed)} : std::nullopt;
}

void read_cut(const Value& value, PartitionAction& action, Reading& reading) {
    const auto* list = want_list(value, "'cut'", reading.input, R"(["n1", "n5"])");
    if (list == nullptr) {
        return;
    }
    for (const auto& item : *list) {
        action.cut.push_back(read_node(item, "an end of a cut", reading));
    }
    if (action.cut.size() != 2) {
        reading.diagnostics().error(
            value.span, fmt::format("a cut is between two nodes, not {}", action.cut.size()));
    } else if (!action.cut[0].empty() && action.cut[0] == action.cut[1]) {
        reading.diagnostics().error(value.span, "a node cannot be cut off from itself");
    }
}

/// The one key of these that says what the step does.
const Member* read_only_one(Keys& keys, const std::vector<std::string_view>& names, Span span,
                            Reading& reading) {
    const Member* found = nullptr;
    for (const auto name : names) {
        const auto* member = keys.take(name);
        if (member != nullptr && found != nullptr) {
            reading.diagnostics()
                .error(member->key_span,
                       fmt::format("{} has '{}' and '{}'", keys.where(), found->key, member->key),
                       "make two steps of it")
                .notes.push_back({found->key_span, "the first is here"});
        }
        found = found == nullptr ? member : found;
    }
    if (found == nullptr) {
        reading.diagnostics().error(
            span, fmt::format("{} needs one of: {}", keys.where(), fmt::join(names, ", ")));
    }
    return found;
}

void read_targets(const Member& member, bool ends, LinkAction& action, Reading& reading) {
    for (auto& text : read_texts(member.value, quoted(member.key), reading)) {
        if (names_links(text, ends, member.value.span, reading)) {
            action.targets.push_back(std::move(text));
        }
    }
}

} // namespace

LinkProperties read_properties(Keys& keys, Reading& reading) {
    LinkProperties properties;
    Impairment tried;
    for (const auto& key : impairment_keys()) {
        const auto* member = keys.take(key);
        auto text = member == nullptr
                        ? std::nullopt
                        : want_text(member->value, quoted(member->key), reading.input);
        if (!text) {
            continue;
        }
        if (const auto refusal = set_property(tried, key, *text)) {
            const bool number = member->value.as_number() != nullptr;
            const auto better = number ? with_unit(key, *text) : std::string{};
            reading.diagnostics().error(
                member->value.span, fmt::format("'{}' {}", key, refusal->message),
                better.empty() ? refusal->hint : "write its unit: " + better);
        } else {
            properties.emplace_back(key, std::move(*text));
        }
    }
    return properties;
}

void read_fault_keys(Keys& keys, Step& step, Reading& reading) {
    if (const auto* lasts = keys.take("for")) {
        step.lasts = read_duration(lasts->value, "'for'", reading, 1ms);
    }
    if (const auto* as = keys.take("as")) {
        step.as = read_name(as->value, "'as'", reading);
        reading.faults.emplace(step.as, as->value.span);
    }
}

void read_partition(const Value& value, Step& step, Reading& reading) {
    PartitionAction action;
    const auto* map =
        want_map(value, "'partition'", reading.input, R"({ "sides": ["n[1-2]", "n[3-5]"] })");
    if (map != nullptr) {
        Keys keys{*map, "'partition'", reading};
        const auto* how =
            read_only_one(keys, {"sides", "one_way", "shape", "cut"}, value.span, reading);
        if (how != nullptr && how->key == "shape") {
            action.shape = read_shape(how->value, reading);
            if (const auto* seed = keys.take("seed")) {
                action.seed = read_order_seed(seed->value, reading);
            }
            if (const auto* among = keys.take("among")) {
                action.among = read_nodes(among->value, "'among'", reading);
            }
        } else if (how != nullptr && how->key == "cut") {
            read_cut(how->value, action, reading);
        } else if (how != nullptr) {
            action.sides = read_sides(*how, reading);
            action.one_way = how->key == "one_way";
        }
        read_fault_keys(keys, step, reading);
        keys.refuse_rest();
    }
    step.action = std::move(action);
}

void read_heal(const Value& value, Step& step, Reading& reading) {
    const auto* text = want_string(value, "'heal'", reading.input);
    if (text == nullptr || *text == "all") {
        step.action = HealAction{};
        return;
    }
    step.action = HealAction{*text};
    if (!reading.faults.contains(*text)) {
        std::vector<std::string> known;
        for (const auto& [name, span] : reading.faults) {
            known.push_back(name);
        }
        auto hint = did_you_mean(*text, known);
        if (hint.empty()) {
            hint = known.empty() ? R"(a fault gets its name by "as")"
                                 : "there is: " + first_words(known) + "; or all";
        }
        reading.diagnostics().error(
            value.span, fmt::format("no step before this one makes a fault {}", quoted(*text)),
            std::move(hint));
    }
}

void read_link(const Value& value, Step& step, Reading& reading) {
    constexpr std::array words{"set", "reset", "clear", "down", "up"};
    LinkAction action;
    const auto* map =
        want_map(value, "'link'", reading.input, R"({ "set": "wan", "delay": "300ms" })");
    if (map != nullptr) {
        Keys keys{*map, "'link'", reading};
        const auto* how = read_only_one(keys, {words.begin(), words.end()}, value.span, reading);
        if (how != nullptr) {
            const auto at = std::ranges::find(words, how->key) - words.begin();
            action.word = static_cast<LinkWord>(at);
            read_targets(*how, action.word != LinkWord::down && action.word != LinkWord::up, action,
                         reading);
        }
        if (action.word == LinkWord::set) {
            action.properties = read_properties(keys, reading);
            if (how != nullptr && action.properties.empty() &&
                !reading.diagnostics().has_errors()) {
                reading.diagnostics().error(value.span, "nothing is set",
                                            R"({ "set": "wan", "delay": "300ms" })");
            }
        }
        if (action.word == LinkWord::set || action.word == LinkWord::down) {
            read_fault_keys(keys, step, reading);
        }
        keys.refuse_rest();
    }
    step.action = std::move(action);
}

} // namespace netlab
