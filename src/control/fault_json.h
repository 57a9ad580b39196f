#pragma once

#include "control/fault_request.h"

#include <nlohmann/json_fwd.hpp>

namespace netlab {

nlohmann::json fault_request_json(const FaultRequest& request);
FaultRequest fault_request_from(const nlohmann::json& value);
nlohmann::json fault_answer_json(const FaultAnswer& answer);
FaultAnswer fault_answer_from(const nlohmann::json& value);

} // namespace netlab
