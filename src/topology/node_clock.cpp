#include "topology/node_clock.h"

#include "base/quote.h"
#include "topology/node_values.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace netlab {

namespace {

std::string unit_hint(const Value& value, std::string_view unit, Input& input,
                      std::string_view example) {
    return value.as_number() == nullptr
               ? fmt::format("it looks like \"{}\"", example)
               : fmt::format("write its unit: \"{}{}\"", printable(input.written(value.span), 20),
                             unit);
}

std::optional<Duration> read_offset(const Value& value, std::string_view key, Input& input) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        refuse_type(value, quoted(key), "a duration", input, unit_hint(value, "s", input, "+2s"));
        return std::nullopt;
    }
    const auto offset = parse_signed_duration(*text);
    if (!offset) {
        input.diagnostics.error(value.span, fmt::format("{} is not a duration", quoted(*text)),
                                "it looks like \"+2s\", \"-500ms\" or \"1h\"");
    } else if (*offset > most_offset || *offset < -most_offset) {
        input.diagnostics.error(value.span, fmt::format("'{}' cannot be {}", key, quoted(*text)),
                                "it is at most " + to_string(most_offset) + " (50 years)");
        return std::nullopt;
    }
    return offset;
}

std::optional<std::int64_t> read_drift(const Value& value, Input& input) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        refuse_type(value, "'drift'", "parts per million", input,
                    unit_hint(value, "ppm", input, "200ppm"));
        return std::nullopt;
    }
    const auto drift = parse_drift(*text);
    if (!drift) {
        input.diagnostics.error(
            value.span, fmt::format("{} is not a drift", quoted(*text)),
            "it looks like \"200ppm\", \"-50ppm\" or \"3ppb\", and is at most " +
                spell_drift(most_drift));
    }
    return drift;
}

} // namespace

ClockSettings read_clock(const Value& value, Input& input) {
    ClockSettings out;
    const auto* map =
        want_map(value, "'clock'", input, R"({ "offset": "+2s", "drift": "100ppm" })");
    if (map == nullptr) {
        return out;
    }
    out.span = value.span;
    Fields fields{*map, "'clock'", input};
    const auto read = [&](std::string_view key, std::optional<Duration>& offset) {
        if (const auto* member = fields.take(key)) {
            offset = read_offset(member->value, key, input);
        }
    };
    read("offset", out.offset);
    if (const auto* drift = fields.take("drift")) {
        out.drift = read_drift(drift->value, input);
    }
    read("monotonic", out.monotonic);
    read("boot", out.boot);
    fields.refuse_rest();
    return out;
}

NodeClock clock_of(const ClockSettings& settings) {
    return {settings.offset.value_or(Duration{}), settings.drift.value_or(0),
            settings.monotonic.value_or(Duration{}), settings.boot.value_or(Duration{})};
}

const Bind* bind_over_clock(const std::vector<Bind>& binds) {
    const auto covers = [](const Bind& bind) {
        return std::ranges::any_of(wall_clock_places, [&](std::string_view place) {
            return place == bind.node_path || place.starts_with(bind.node_path + "/");
        });
    };
    const auto found = std::ranges::find_if(binds, covers);
    return found == binds.end() ? nullptr : &*found;
}

void check_clock(const NodeSettings& settings, ReportOnce& once) {
    const auto* bind = settings.binds && clock_of(settings.clock).is_moved()
                           ? bind_over_clock(*settings.binds)
                           : nullptr;
    if (bind == nullptr) {
        return;
    }
    auto* error =
        once.error(settings.clock.span,
                   fmt::format("a node that shows the host's {} can have no wall clock of its own",
                               printable(bind->node_path)),
                   "bind what is below it that the node needs, or leave 'offset' and 'drift' out");
    if (error != nullptr) {
        error->notes.push_back({bind->span, "it is bound here"});
    }
}

} // namespace netlab
