#pragma once

#include "trial/result.h"

#include <nlohmann/json.hpp>

namespace netlab {

/// A result as a process of a run tells it to the one that waits for it, and back. `parse_result`
/// throws nlohmann::json::exception for what is none.
nlohmann::json result_to_json(const TrialResult& result);
TrialResult parse_result(const nlohmann::json& value);

} // namespace netlab
