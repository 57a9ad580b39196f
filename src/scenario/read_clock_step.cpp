#include "base/node_clock.h"
#include "base/quote.h"
#include "scenario/step_readers.h"

#include <fmt/format.h>

namespace netlab {

namespace {

std::optional<Duration> read_jump(const Value& value, Reading& reading) {
    const auto text = want_text(value, "'jump'", reading.input);
    const auto jump = !text ? std::nullopt : parse_signed_duration(*text);
    if (text && (!jump || *jump > most_offset || *jump < -most_offset)) {
        reading.diagnostics().error(value.span,
                                    fmt::format("{} is not a duration of at most {}", quoted(*text),
                                                to_string(most_offset)),
                                    "a jump looks like +500ms or -2s");
        return std::nullopt;
    }
    return jump;
}

std::optional<std::int64_t> read_drift(const Value& value, Reading& reading) {
    const auto text = want_text(value, "'drift'", reading.input);
    const auto drift = !text ? std::nullopt : parse_drift(*text);
    if (text && !drift) {
        reading.diagnostics().error(value.span,
                                    fmt::format("{} is not a drift of at most {}", quoted(*text),
                                                spell_drift(most_drift).substr(1)),
                                    "a drift looks like 200ppm, -50ppm or 3ppb");
    }
    return drift;
}

void read_change(Keys& keys, ClockAction& action, Span span, Reading& reading) {
    const auto errors = reading.diagnostics().error_count();
    if (const auto* reset = keys.take("reset")) {
        action.reset = want_bool(reset->value, "'reset'", reading.input).value_or(false);
    }
    if (const auto* jump = keys.take("jump")) {
        action.jump = read_jump(jump->value, reading);
    }
    if (const auto* drift = keys.take("drift")) {
        action.drift = read_drift(drift->value, reading);
    }
    if (!action.reset && !action.jump && !action.drift &&
        reading.diagnostics().error_count() == errors) {
        reading.diagnostics().error(span, "'clock' needs one of: jump, drift, reset",
                                    "{ node: n2, jump: +500ms }");
    }
}

} // namespace

void read_clock_step(const Value& value, Step& step, Reading& reading) {
    ClockAction action;
    const auto* map =
        want_map(value, "'clock'", reading.input, R"({ "node": "n2", "jump": "+500ms" })");
    if (map != nullptr) {
        Keys keys{*map, "'clock'", reading};
        if (const auto* node = keys.need("node", value.span)) {
            action.nodes = read_nodes(node->value, "'node'", reading);
        }
        read_change(keys, action, value.span, reading);
        read_fault_keys(keys, step, reading);
        keys.refuse_rest();
    }
    step.action = std::move(action);
}

} // namespace netlab
