#pragma once

#include "base/address.h"
#include "base/ids.h"
#include "base/impairment.h"
#include "base/limits.h"
#include "base/node_clock.h"
#include "base/source.h"
#include "plan/route_table.h"
#include "topology/topology.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// An interface of a node: one end of one link.
struct InterfacePlan {
    std::string name;
    LinkId link{};
    MacAddress mac;
    std::uint32_t mtu = 1500;
    bool up = true;
    std::vector<IpInterface> addresses; ///< empty on a switch's ports
    Impairment leaving;                 ///< what happens to frames that leave here

    bool operator==(const InterfacePlan&) const = default;
};

/// The bridge of a switch node or of a LAN segment.
struct BridgePlan {
    std::string name;
    MacAddress mac;
    std::uint32_t mtu = 1500;
    bool stp = false;
    std::chrono::seconds forward_delay{2};
    std::chrono::milliseconds ageing{300'000};

    bool operator==(const BridgePlan&) const = default;
};

/// Every fact that will be true of a node. Its files, binds and commands are the topology's own.
struct NodePlan {
    std::string name;
    Span span;
    NodeKind kind = NodeKind::host;
    std::vector<std::string> labels;
    std::optional<Point> position;
    std::vector<InterfacePlan> interfaces;
    std::vector<IpInterface> loopback; ///< beside 127.0.0.1 and ::1; full length
    RouteTable routes;
    std::optional<BridgePlan> bridge; ///< of a switch
    std::vector<Sysctl> sysctls;
    std::map<std::string, std::string> env;
    std::string user;
    std::string workdir;
    std::vector<Bind> binds;
    std::vector<PrivateDirectory> private_directories;
    std::vector<FileRequest> files;
    std::vector<Command> exec;
    std::vector<Service> run;
    std::vector<NodeId> depends_on; ///< these are ready before this one runs anything
    std::vector<PublishedPort> publish;
    Daemons daemons; ///< of a router: they are among `run` and `files` already
    RootRequest root;
    Limits limits;
    Span limits_span;
    NodeClock clock;
    Span clock_span;

    bool operator==(const NodePlan&) const = default;
};

/// One end of a link: an interface of a node.
struct LinkEnd {
    NodeId node{};
    std::uint32_t interface = 0; ///< index in the node's `interfaces`

    bool operator==(const LinkEnd&) const = default;
};

/// A bridge in the lab's own network namespace that joins the ends of a LAN segment.
struct SegmentPlan {
    BridgePlan bridge;
    std::vector<std::string> ports; ///< names in the lab's namespace, one for each end

    bool operator==(const SegmentPlan&) const = default;
};

struct LinkPlan {
    std::string name;
    Span span;
    std::vector<LinkEnd> ends;
    std::uint32_t cost = 1;
    Engine engine = Engine::automatic; ///< what carries its frames when it is not perfect
    std::vector<IpPrefix> subnets;     ///< at most one of each family
    std::optional<SegmentPlan> segment;

    bool operator==(const LinkPlan&) const = default;
};

/// A topology worked out to every fact that will be true of the lab. Equal plans compare equal.
struct Plan {
    std::string name;
    std::string description;
    std::vector<NodePlan> nodes;
    std::vector<LinkPlan> links;
    std::string hosts; ///< /etc/hosts, one for the whole lab

    bool operator==(const Plan&) const = default;
};

} // namespace netlab
