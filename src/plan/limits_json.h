#pragma once

#include "base/limits.h"

namespace netlab {

/// The limits that are set, as the topology file writes them but for the memory, which is in bytes.
/// `Json` is one of nlohmann's.
template <class Json>
Json limits_json(const Limits& limits) {
    auto json = Json::object();
    if (limits.cpu) {
        json["cpu"] = *limits.cpu / 1000.0;
    }
    if (limits.memory) {
        json["memory"] = *limits.memory;
    }
    if (limits.pids) {
        json["pids"] = *limits.pids;
    }
    return json;
}

} // namespace netlab
