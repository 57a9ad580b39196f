#include "base/nearest_word.h"
#include "base/quote.h"
#include "scenario/step_readers.h"
#include "topology/node_values.h"

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t largest_exit_code = 255;
constexpr std::int64_t most_times = 100'000;

/// The name of a command in the background, which has to stand in a step before.
std::string read_background_name(const Value& value, std::string_view what, Reading& reading) {
    auto name = read_name(value, what, reading);
    if (!name.empty() && !reading.backgrounds.contains(name)) {
        std::vector<std::string> known;
        for (const auto& [other, span] : reading.backgrounds) {
            known.push_back(other);
        }
        auto hint = did_you_mean(name, known);
        reading.diagnostics().error(
            value.span,
            fmt::format("no step before this one begins a command {} in the background",
                        quoted(name)),
            hint.empty() && !known.empty() ? "there is: " + first_words(known) : std::move(hint));
        return {};
    }
    return name;
}

} // namespace

std::vector<std::string> need_command(Keys& keys, Span span, Reading& reading) {
    const auto* member = keys.need("command", span, R"("command": "ping -c1 h2")");
    const auto command =
        member == nullptr ? std::nullopt : read_command(member->value, reading.input);
    return command ? command->argv : std::vector<std::string>{};
}

ExitWish read_exit(const Value& value, Reading& reading) {
    if (const auto* text = value.as_string()) {
        if (*text == "nonzero") {
            return {ExitWish::Kind::not_zero, 0};
        }
        if (*text == "any") {
            return {ExitWish::Kind::any, 0};
        }
        reading.diagnostics().error(value.span, fmt::format("'exit' cannot be {}", quoted(*text)),
                                    "a number from 0 to 255, nonzero or any");
        return {};
    }
    const auto code = want_integer(value, "'exit'", 0, largest_exit_code, reading.input);
    return {ExitWish::Kind::code, static_cast<int>(code.value_or(0))};
}

void read_wait(const Value& value, Step& step, Reading& reading) {
    WaitAction action;
    if (const auto* map = value.as_map()) {
        Keys keys{*map, "'wait'", reading};
        if (const auto* ready = keys.need("ready", value.span, R"({ "ready": "all" })")) {
            action.ready = read_nodes(ready->value, "'ready'", reading);
        }
        if (const auto* within = keys.take("within")) {
            action.within =
                read_duration(within->value, "'within'", reading, 1ms).value_or(action.within);
        }
        keys.refuse_rest();
    } else {
        action.time = read_duration(value, "'wait'", reading);
    }
    step.action = std::move(action);
}

void read_exec(const Value& value, Step& step, Reading& reading) {
    ExecAction action;
    const auto* map =
        want_map(value, "'exec'", reading.input, R"({ "node": "n1", "command": "hostname" })");
    if (map != nullptr) {
        Keys keys{*map, "'exec'", reading};
        if (const auto* node = keys.need("node", value.span)) {
            action.nodes = read_nodes(node->value, "'node'", reading);
        }
        action.command = need_command(keys, value.span, reading);
        if (const auto* exit = keys.take("exit")) {
            action.exit = read_exit(exit->value, reading);
        }
        if (const auto* within = keys.take("within")) {
            action.timeout =
                read_duration(within->value, "'within'", reading, 1ms).value_or(action.timeout);
        }
        keys.refuse_rest();
    }
    step.action = std::move(action);
}

void read_background(const Value& value, Step& step, Reading& reading) {
    BackgroundAction action;
    const auto* map = want_map(value, "'background'", reading.input,
                               R"({ "name": "load", "node": "n1", "command": "ping h2" })");
    if (map != nullptr) {
        Keys keys{*map, "'background'", reading};
        if (const auto* name = keys.need("name", value.span)) {
            action.name = read_name(name->value, "'name'", reading);
            reading.backgrounds.emplace(action.name, name->value.span);
        }
        if (const auto* node = keys.need("node", value.span)) {
            action.node = read_node(node->value, "'node'", reading);
        }
        action.command = need_command(keys, value.span, reading);
        keys.refuse_rest();
    }
    step.action = std::move(action);
}

void read_end(const Value& value, Step& step, Reading& reading) {
    step.action = EndAction{read_background_name(value, "'end'", reading)};
}

std::int64_t read_times_of_repeat(const Value& value, Reading& reading) {
    return want_integer(value, "'times'", 1, most_times, reading.input).value_or(1);
}

void read_repeat(const Value& value, Step& step, Reading& reading) {
    RepeatAction action;
    const auto* map =
        want_map(value, "'repeat'", reading.input, R"({ "times": 5, "steps": [ … ] })");
    if (map != nullptr) {
        Keys keys{*map, "'repeat'", reading};
        if (const auto* times = keys.need("times", value.span)) {
            action.times = read_times_of_repeat(times->value, reading);
        }
        if (const auto* every = keys.take("every")) {
            action.every = read_time_or_range(every->value, "'every'", reading);
        }
        if (const auto* steps = keys.need("steps", value.span)) {
            if (const auto* list = want_list(steps->value, "'steps'", reading.input)) {
                action.steps = *list;
            }
        }
        keys.refuse_rest();
    }
    step.action = std::move(action);
}

} // namespace netlab
