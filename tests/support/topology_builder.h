#pragma once

#include "topology/topology.h"

#include <cassert>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace netlab::test {

/// Writes a Topology by hand, so that tests of graph and plan do not need a file. Interfaces
/// without a name are numbered `eth0`, `eth1`, … as load_topology does; spans grow in the order of
/// the calls.
class TopologyBuilder {
public:
    TopologyBuilder() {
        topology.name = "lab";
        topology.addressing.ipv4 = prefix("10.0.0.0/8");
        topology.addressing.ipv6 = prefix("fd00:6e6c::/32");
        topology.addressing.loopback4 = prefix("10.255.0.0/16");
        topology.addressing.loopback6 = prefix("fd00:6e6c:ffff::/48");
    }

    Node& node(const std::string& name, NodeKind kind) {
        Node made;
        made.name = name;
        made.kind = kind;
        made.span = next_span();
        ids_[name] = node_id(topology.nodes.size());
        topology.nodes.push_back(made);
        return topology.nodes.back();
    }
    Node& host(const std::string& name) { return node(name, NodeKind::host); }
    Node& router(const std::string& name) { return node(name, NodeKind::router); }
    Node& a_switch(const std::string& name) { return node(name, NodeKind::network_switch); }
    void hosts(std::initializer_list<std::string> names) {
        for (const auto& name : names) {
            host(name);
        }
    }
    void routers(std::initializer_list<std::string> names) {
        for (const auto& name : names) {
            router(name);
        }
    }
    void ways_out(std::initializer_list<std::string> names) {
        for (const auto& name : names) {
            node(name, NodeKind::internet);
        }
    }
    void switches(std::initializer_list<std::string> names) {
        for (const auto& name : names) {
            a_switch(name);
        }
    }

    /// Ends are `node` or `node:interface`. The reference holds until the next call.
    Link& link(const std::vector<std::string>& ends) {
        Link made;
        made.span = next_span();
        for (const auto& text : ends) {
            const auto colon = text.find(':');
            const auto name = text.substr(0, colon);
            Endpoint end;
            end.node = id(name);
            end.span = next_span();
            end.interface = colon == std::string::npos ? "eth" + std::to_string(interfaces_[name]++)
                                                       : text.substr(colon + 1);
            made.name += (made.name.empty() ? "" : "-") + name;
            made.endpoints.push_back(end);
        }
        made.name += "#" + std::to_string(topology.links.size());
        topology.links.push_back(made);
        return topology.links.back();
    }

    /// A route of `node`: `to` may be `default`; `via` an address or a node's name or empty.
    RouteRequest& route(const std::string& node, const std::string& to, const std::string& via,
                        const std::string& interface = {}) {
        RouteRequest request;
        if (to != "default") {
            request.to = prefix(to);
        }
        if (const auto address = parse_address(via)) {
            request.via = *address;
        } else if (!via.empty()) {
            request.via = id(via);
        }
        request.interface = interface;
        request.span = next_span();
        auto& routes = topology.nodes[index(id(node))].routes;
        routes.push_back(request);
        return routes.back();
    }

    SubnetRequest subnet(const std::string& text) { return {false, prefix(text), next_span()}; }
    SubnetRequest no_subnet() { return {true, std::nullopt, next_span()}; }
    /// `10.0.1.1` or `10.0.1.1/24`.
    EndAddress address(const std::string& text) {
        if (const auto interface = parse_interface_address(text)) {
            return {false, *interface, true, next_span()};
        }
        const auto bare = parse_address(text);
        assert(bare);
        return {false, IpInterface{*bare, static_cast<std::uint8_t>(bits(bare->family))}, false,
                next_span()};
    }
    LoopbackAddress loopback(const std::string& text) {
        return {*parse_address(text), next_span()};
    }

    NodeId id(const std::string& name) const { return ids_.at(name); }
    Node& operator[](const std::string& name) { return topology.nodes[index(id(name))]; }

    static IpPrefix prefix(const std::string& text) {
        const auto parsed = parse_interface_address(text);
        assert(parsed);
        return parsed->subnet();
    }

    Topology topology;

private:
    Span next_span() {
        place_ += 10;
        return {place_, place_ + 5};
    }

    std::map<std::string, NodeId> ids_;
    std::map<std::string, int> interfaces_;
    std::uint32_t place_ = 0;
};

} // namespace netlab::test
