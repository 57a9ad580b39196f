#include "topology/topology.h"

namespace netlab {

std::string_view to_string(NodeKind kind) {
    switch (kind) {
    case NodeKind::host:
        return "host";
    case NodeKind::router:
        return "router";
    case NodeKind::network_switch:
        return "switch";
    case NodeKind::internet:
        break;
    }
    return "internet";
}

std::string_view to_string(RestartPolicy policy) {
    switch (policy) {
    case RestartPolicy::no:
        return "no";
    case RestartPolicy::on_failure:
        return "on-failure";
    case RestartPolicy::always:
        break;
    }
    return "always";
}

} // namespace netlab
