#pragma once

#include "control/clock_answer.h"
#include "fault/clocks.h"

#include <nlohmann/json_fwd.hpp>

namespace netlab {

// Between values and the JSON on the socket. The readers throw nlohmann::json::exception.
nlohmann::json clock_change_json(const ClockChange& change);
ClockChange clock_change_from(const nlohmann::json& value);
nlohmann::json clock_answer_json(const ClockAnswer& answer);
ClockAnswer clock_answer_from(const nlohmann::json& value);

} // namespace netlab
