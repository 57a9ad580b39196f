#pragma once

#include "topology/topology.h"

#include <vector>

namespace netlab {

/// The ports that a node publishes, as every JSON of netlab's shows them. `Json` is one of
/// nlohmann's.
template <class Json>
Json published_json(const std::vector<PublishedPort>& ports) {
    auto json = Json::array();
    for (const auto& port : ports) {
        json.push_back(Json{{"address", to_string(port.host_address)},
                            {"port", port.host_port},
                            {"node_port", port.node_port},
                            {"protocol", port.udp ? "udp" : "tcp"}});
    }
    return json;
}

} // namespace netlab
