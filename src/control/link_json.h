#pragma once

#include "control/link_request.h"

#include <nlohmann/json_fwd.hpp>

namespace netlab {

// Between values and the JSON on the socket. The readers throw nlohmann::json::exception.
nlohmann::json link_change_json(const LinkChange& change);
LinkChange link_change_from(const nlohmann::json& value);
nlohmann::json link_answer_json(const LinkAnswer& answer);
LinkAnswer link_answer_from(const nlohmann::json& value);

} // namespace netlab
