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

namespace {

/// TCP goes without saying.
const char* protocol_suffix(const PublishedPort& port) {
    return port.udp ? "/udp" : "";
}

} // namespace

std::string to_string(const PublishedPort& port) {
    const auto address = to_string(port.host_address);
    return (port.host_address.family == Family::ipv6 ? "[" + address + "]" : address) + ":" +
           std::to_string(port.host_port) + protocol_suffix(port);
}

std::string node_side(const PublishedPort& port) {
    return std::to_string(port.node_port) + protocol_suffix(port);
}

} // namespace netlab
