#include "control/clock_json.h"

#include <array>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using nlohmann::json;

std::optional<Duration> duration_at(const json& value, const char* key) {
    return value.contains(key) ? std::optional{Duration{value.at(key).get<std::int64_t>()}}
                               : std::nullopt;
}

json setting_json(const ClockSetting& setting) {
    return {setting.base, setting.offset, setting.rate};
}

ClockSetting setting_from(const json& value) {
    const auto numbers = value.get<std::array<std::int64_t, 3>>();
    return {numbers[0], numbers[1], numbers[2]};
}

} // namespace

json clock_change_json(const ClockChange& change) {
    json value{{"reset", change.reset}};
    if (change.to) {
        value["to"] = setting_json(*change.to);
    }
    if (change.drift) {
        value["drift"] = *change.drift;
    }
    if (change.jump) {
        value["jump"] = change.jump->count();
    }
    return value;
}

ClockChange clock_change_from(const json& value) {
    ClockChange change;
    change.reset = value.at("reset").get<bool>();
    change.jump = duration_at(value, "jump");
    if (value.contains("to")) {
        change.to = setting_from(value.at("to"));
    }
    if (value.contains("drift")) {
        change.drift = value.at("drift").get<std::int64_t>();
    }
    return change;
}

json clock_answer_json(const ClockAnswer& answer) {
    json value{{"file",
                {answer.file.offset.count(), answer.file.drift, answer.file.monotonic.count(),
                 answer.file.boot.count()}}};
    if (answer.wall) {
        value["wall"] = setting_json(*answer.wall);
    }
    return value;
}

ClockAnswer clock_answer_from(const json& value) {
    ClockAnswer answer;
    const auto file = value.at("file").get<std::array<std::int64_t, 4>>();
    answer.file = {Duration{file[0]}, file[1], Duration{file[2]}, Duration{file[3]}};
    if (value.contains("wall")) {
        answer.wall = setting_from(value.at("wall"));
    }
    return answer;
}

} // namespace netlab
