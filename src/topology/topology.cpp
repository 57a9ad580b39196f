#include "topology/topology.h"

namespace netlab {

std::string_view to_string(NodeKind kind) {
    switch (kind) {
    case NodeKind::host:
        return "host";
    case NodeKind::router:
        return "router";
    case NodeKind::network_switch:
        break;
    }
    return "switch";
}

} // namespace netlab
