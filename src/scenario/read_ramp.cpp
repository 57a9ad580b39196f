#include "base/quote.h"
#include "scenario/made_step.h"
#include "scenario/ramp_values.h"
#include "scenario/step_readers.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_steps_of_ramp = 1000;
constexpr auto ramp_example = R"({ "delay": "300ms" })";

/// Links, and how they are at the beginning and at the end.
struct Ramp {
    Value links;
    LinkProperties from;
    LinkProperties to;
    Span to_span;
    std::map<std::string, Span, std::less<>> to_spans; ///< of its values, by key
    Duration over{};
    std::int64_t steps = 20;
    std::string as;
};

Value set_step(Span span, const Ramp& ramp, double share) {
    Members members{{"set", ramp.links}};
    for (std::size_t i = 0; i < ramp.to.size(); ++i) {
        members.emplace_back(
            ramp.to[i].first,
            made(span, between(ramp.from[i].second, ramp.to[i].second, share).value_or("")));
    }
    if (!ramp.as.empty()) {
        members.emplace_back("as", made(span, ramp.as));
    }
    return made_step(span, "link", std::move(members));
}

List steps_of(Span span, const Ramp& ramp) {
    List steps{set_step(span, ramp, 0)};
    for (std::int64_t i = 1; i <= ramp.steps; ++i) {
        const auto share = static_cast<double>(i) / static_cast<double>(ramp.steps);
        const auto pause = ramp.over * i / ramp.steps - ramp.over * (i - 1) / ramp.steps;
        steps.push_back(delayed(set_step(span, ramp, share), to_string(pause)));
    }
    return steps;
}

LinkProperties read_ramp_end(Keys& keys, const char* key, Span span, Reading& reading) {
    LinkProperties properties;
    const auto* member = keys.need(key, span, ramp_example);
    const auto* map = member == nullptr
                          ? nullptr
                          : want_map(member->value, quoted(key), reading.input, ramp_example);
    if (map != nullptr) {
        Keys own{*map, quoted(key), reading};
        properties = read_properties(own, reading);
        own.refuse_rest();
        if (map->members.empty()) {
            reading.diagnostics().error(member->value.span, "nothing is ramped", ramp_example);
        }
    }
    return properties;
}

/// Both ends are of the same properties, and there is something between them; else an error.
bool is_even(const Ramp& ramp, Reading& reading) {
    const auto key_of = [](const auto& property) { return property.first; };
    if (!std::ranges::equal(ramp.from, ramp.to, {}, key_of, key_of)) {
        reading.diagnostics().error(ramp.to_span, "'from' and 'to' are not of the same properties");
        return false;
    }
    for (std::size_t i = 0; i < ramp.to.size(); ++i) {
        const auto& [key, to] = ramp.to[i];
        const auto& from = ramp.from[i].second;
        if (!between(from, to, 0.5)) {
            reading.diagnostics().error(ramp.to_spans.at(key),
                                        fmt::format("'{}' cannot go from {} to {} step by step",
                                                    key, quoted(from), quoted(to)),
                                        "two durations, two percentages or two rates");
            return false;
        }
    }
    return true;
}

std::string words_of(const LinkProperties& properties) {
    std::string text;
    for (const auto& [key, value] : properties) {
        text += fmt::format(" {} {}", key, value);
    }
    return text;
}

void note_spans_of_to(Keys& keys, Ramp& ramp) {
    const auto* to = keys.take("to");
    if (to == nullptr) {
        return;
    }
    ramp.to_span = to->value.span;
    if (const auto* map = to->value.as_map()) {
        for (const auto& member : map->members) {
            ramp.to_spans.emplace(member.key, member.value.span);
        }
    }
}

Ramp ramp_of(const Map& map, Span span, Reading& reading) {
    Keys keys{map, "'ramp'", reading};
    Ramp ramp;
    if (const auto* link = keys.need("link", span)) {
        read_links(link->value, "'link'", true, reading);
        ramp.links = link->value;
    }
    ramp.from = read_ramp_end(keys, "from", span, reading);
    ramp.to = read_ramp_end(keys, "to", span, reading);
    note_spans_of_to(keys, ramp);
    if (const auto* over = keys.need("over", span)) {
        ramp.over = read_duration(over->value, "'over'", reading, 1ms).value_or(1ms);
    }
    if (const auto* steps = keys.take("steps")) {
        ramp.steps =
            want_integer(steps->value, "'steps'", 1, most_steps_of_ramp, reading.input).value_or(1);
    }
    if (const auto* as = keys.take("as")) {
        ramp.as = read_name(as->value, "'as'", reading);
    }
    keys.refuse_rest();
    return ramp;
}

} // namespace

void read_ramp(const Value& value, Step& step, Reading& reading) {
    RepeatAction action;
    const auto before = reading.diagnostics().all().size();
    const auto* map = want_map(value, "'ramp'", reading.input,
                               R"({ "link": "wan", "from": { "delay": "1ms" }, )"
                               R"("to": { "delay": "300ms" }, "over": "10s" })");
    if (map != nullptr) {
        const auto ramp = ramp_of(*map, value.span, reading);
        if (reading.diagnostics().all().size() == before && is_even(ramp, reading)) {
            action.steps = steps_of(value.span, ramp);
        }
        if (step.title.empty()) {
            step.title = fmt::format("ramp from{} to{} over {}", words_of(ramp.from),
                                     words_of(ramp.to), to_string(ramp.over));
        }
    }
    step.action = std::move(action);
}

} // namespace netlab
