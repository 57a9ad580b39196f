#include "base/quote.h"
#include "scenario/made_step.h"
#include "scenario/step_readers.h"
#include "scenario/step_title.h"

#include <set>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

std::int64_t read_times(Keys& keys, Span span, Reading& reading) {
    const auto* times = keys.need("times", span);
    return times == nullptr ? 1 : read_times_of_repeat(times->value, reading);
}

/// A key that says how long.
std::string need_time(Keys& keys, const char* key, Span span, Reading& reading) {
    const auto* member = keys.need(key, span);
    return member == nullptr
               ? std::string{}
               : read_time_or_range(member->value, quoted(key), reading, 1ms).value_or("");
}

List flap_round(Span span, const Value& links, const std::string& down, const std::string& up) {
    return {made_step(span, "link", {{"down", links}}),
            delayed(made_step(span, "link", {{"up", links}}), down),
            delayed(made_map(span, {{"wait", made(span, std::string{"0s"})}}), up)};
}

/// What churn does to nodes.
std::string read_by(Keys& keys, Reading& reading) {
    const auto* by = keys.take("by");
    const auto* text = by == nullptr ? nullptr : want_string(by->value, "'by'", reading.input);
    if (text == nullptr) {
        return "kill";
    }
    if (*text != "kill" && *text != "pause" && *text != "stop") {
        reading.diagnostics().error(by->value.span, fmt::format("unknown 'by' {}", quoted(*text)),
                                    "kill, pause or stop");
        return "kill";
    }
    return *text;
}

/// `{ some: count, of: nodes }`; nullopt after a mistake.
std::optional<Value> read_some(Keys& keys, Span span, Reading& reading) {
    const auto* node = keys.need("node", span);
    const auto* count = keys.take("count");
    const auto patterns =
        node == nullptr ? NodePatterns{} : read_nodes(node->value, "'node'", reading);
    std::set<NodeId> chosen; // each once, whatever patterns it is named by
    for (const auto& pattern : patterns) {
        const auto ids = nodes_of(pattern, node->value.span, reading);
        if (ids) {
            chosen.insert(ids->begin(), ids->end());
        }
    }
    List names;
    for (const auto id : chosen) {
        names.push_back(made(node->value.span, reading.names.topology.nodes[index(id)].name));
    }
    if (names.empty()) {
        return std::nullopt;
    }
    const auto most = static_cast<std::int64_t>(names.size());
    const auto number = count == nullptr
                            ? std::optional<std::int64_t>{1}
                            : want_integer(count->value, "'count'", 1, most, reading.input);
    return made_map(
        span,
        {{"some", made(span, Number{static_cast<double>(number.value_or(1)), number.value_or(1)})},
         {"of", made(node->value.span, std::move(names))}});
}

/// Nodes lose their power, say, and get it back.
List churn_round(Span span, const std::string& by, Value nodes, const std::string& lasts,
                 const std::string& as) {
    return {made_step(span, by, {{"node", std::move(nodes)}, {"as", made(span, as)}}),
            delayed(made_map(span, {{"heal", made(span, as)}}), lasts)};
}

void read_churn_keys(const Map& map, const Value& value, Step& step, Reading& reading) {
    RepeatAction action;
    Keys keys{map, "'churn'", reading};
    auto nodes = read_some(keys, value.span, reading);
    action.times = read_times(keys, value.span, reading);
    const auto lasts = need_time(keys, "for", value.span, reading);
    if (const auto* every = keys.take("every")) {
        action.every = read_time_or_range(every->value, "'every'", reading);
    }
    const auto by = read_by(keys, reading);
    const auto* as = keys.take("as");
    const auto name = as == nullptr ? fmt::format("churn-{}", value.span.begin)
                                    : read_name(as->value, "'as'", reading);
    keys.refuse_rest();
    if (nodes && !lasts.empty() && !name.empty()) {
        action.steps = churn_round(value.span, by, std::move(*nodes), lasts, name);
    }
    if (step.title.empty()) {
        step.title = fmt::format("churn {} times, by {}", action.times, by);
    }
    step.action = std::move(action);
}

} // namespace

void read_flap(const Value& value, Step& step, Reading& reading) {
    RepeatAction action;
    const auto* map = want_map(value, "'flap'", reading.input,
                               R"({ "link": "wan", "times": 10, "down": "200ms", "up": "1s" })");
    if (map != nullptr) {
        Keys keys{*map, "'flap'", reading};
        const auto* link = keys.need("link", value.span);
        const auto links =
            link == nullptr ? std::string{} : read_links(link->value, "'link'", false, reading);
        action.times = read_times(keys, value.span, reading);
        const auto down = need_time(keys, "down", value.span, reading);
        const auto up = need_time(keys, "up", value.span, reading);
        keys.refuse_rest();
        if (!links.empty() && !down.empty() && !up.empty()) {
            action.steps = flap_round(value.span, link->value, down, up);
            action.by_schedule = true;
        }
        if (step.title.empty()) {
            step.title = fmt::format("flap {} {} times", links, action.times);
        }
    }
    step.action = std::move(action);
}

void read_churn(const Value& value, Step& step, Reading& reading) {
    step.action = RepeatAction{};
    if (const auto* map = want_map(value, "'churn'", reading.input,
                                   R"({ "node": "n[1-5]", "times": 10, "for": "1s" })")) {
        read_churn_keys(*map, value, step, reading);
    }
}

} // namespace netlab
