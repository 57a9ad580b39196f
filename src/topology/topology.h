#pragma once

#include "base/address.h"
#include "base/duration.h"
#include "base/ids.h"
#include "base/impairment.h"
#include "base/limits.h"
#include "base/node_clock.h"
#include "base/source.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace netlab {

enum class NodeKind { host, router, network_switch, internet };
enum class RoutingMode { none, static_routes, ospf, bgp, isis, rip };
enum class StpMode { automatic, on, off };

/// The interface by which an `internet` node reaches the host's network.
inline constexpr const char* uplink_name = "uplink";

/// `host`, `router`, `switch`, `internet`.
std::string_view to_string(NodeKind kind);

/// Where a route goes through: an address, or a node (the end of it that is joined to this one).
using Via = std::variant<std::monostate, IpAddress, NodeId>;

/// A route that the file asks for beside the computed ones.
struct RouteRequest {
    std::optional<IpPrefix> to; ///< nullopt: "default" (of the family of `via`; of both for a node)
    Via via;
    std::string interface;
    std::optional<std::uint32_t> metric;
    Span span;

    bool operator==(const RouteRequest&) const = default;
};

/// A directory or file of the host that a node sees.
struct Bind {
    std::string
        host_path; ///< absolute; relative paths were taken from the topology file's directory
    std::string node_path; ///< absolute and normal: no `.`, `..` or doubled `/`
    bool read_only = false;
    Span span;

    bool operator==(const Bind&) const = default;
};

/// A file put into a node. `text` is its whole content, also where the topology said `{"from":
/// path}`.
struct FileRequest {
    std::string path; ///< absolute and normal
    std::string text;
    Span span;

    bool operator==(const FileRequest&) const = default;
};

/// A directory of the node's own.
struct PrivateDirectory {
    std::string path; ///< absolute and normal
    Span span;

    bool operator==(const PrivateDirectory&) const = default;
};

/// The root file system of a node: a directory of the host's, or the host's own file system.
struct RootRequest {
    std::string host_path; ///< absolute; empty: the host's own
    Span span;

    bool operator==(const RootRequest&) const = default;
};

/// A command as argv: a string of the file became `/bin/sh -c TEXT`.
struct Command {
    std::vector<std::string> argv;
    Span span;

    bool operator==(const Command&) const = default;
};

/// When a service counts as ready: nothing said, a port that takes connections, a command that ends
/// with 0, a text in its log.
using Readiness = std::variant<std::monostate, std::uint16_t, Command, std::string>;

enum class RestartPolicy : std::uint8_t { no, on_failure, always };

/// `no`, `on-failure`, `always`.
std::string_view to_string(RestartPolicy policy);

/// A process that a node keeps running.
struct Service {
    std::string name; ///< the file's, or the program's; one of its own in the node
    Command command;
    RestartPolicy restart = RestartPolicy::no;
    Readiness ready;
    Duration within = std::chrono::seconds{30}; ///< how long it may take to be ready
    std::map<std::string, std::string> env;     ///< on top of the node's
    std::string user;                           ///< empty: the node's
    std::string workdir;                        ///< empty: the node's
    int stop_signal = 15;
    Duration stop_timeout = std::chrono::seconds{10}; ///< SIGKILL follows
    Span span;

    bool operator==(const Service&) const = default;
};

/// The routing daemons of a router.
struct Daemons {
    bool ospf = false;  ///< OSPFv2 (RFC 2328), for IPv4
    bool ospf6 = false; ///< OSPFv3 (RFC 5340), for IPv6
    bool bgp = false;   ///< BGP-4 (RFC 4271) for both (RFC 4760)
    bool isis = false;  ///< IS-IS (ISO 10589) for both (RFC 1195, RFC 5308)
    bool rip = false;   ///< RIPv2 (RFC 2453) for IPv4, RIPng (RFC 2080) for IPv6
    /// The computed routes, of the families in which the router speaks no protocol.
    bool static_routes = false;
    std::optional<std::uint32_t> asn; ///< the file's autonomous system
    Span asn_span;
    Span span; ///< where the file asks for them

    bool any() const { return ospf || ospf6 || bgp || isis || rip || static_routes; }
    /// How many protocols bring routes of a family.
    int protocols(Family family) const {
        return int{family == Family::ipv4 ? ospf : ospf6} + int{bgp} + int{isis} + int{rip};
    }

    bool operator==(const Daemons&) const = default;
};

/// A node that has to be ready before this one runs anything.
struct Dependency {
    NodeId node{};
    Span span;

    bool operator==(const Dependency&) const = default;
};

struct Sysctl {
    std::string name; ///< as written, checked: no `..`, no empty parts
    std::string value;
    Span span;

    bool operator==(const Sysctl&) const = default;
};

struct LoopbackAddress {
    IpAddress address;
    Span span;

    bool operator==(const LoopbackAddress&) const = default;
};

/// A port of the host's that leads to a port of a node.
struct PublishedPort {
    IpAddress host_address;
    std::uint16_t host_port = 0;
    std::uint16_t node_port = 0;
    bool udp = false; ///< else TCP
    Span span;

    bool operator==(const PublishedPort&) const = default;
};

/// The host's side of it: `127.0.0.1:8080`, `[::1]:5353/udp`.
std::string to_string(const PublishedPort& port);
/// The node's side of it: `80`, `53/udp`.
std::string node_side(const PublishedPort& port);

struct Point {
    double x = 0;
    double y = 0;

    bool operator==(const Point&) const = default;
};

/// A node as the user asked for it: groups and defaults are merged in.
struct Node {
    std::string name;
    Span span; ///< the key in `nodes`
    NodeKind kind = NodeKind::host;
    std::string group;
    std::vector<std::string> labels;
    std::optional<Point> position;
    std::vector<LoopbackAddress> loopback;
    std::vector<RouteRequest> routes;
    std::vector<Sysctl> sysctls;
    std::map<std::string, std::string> env;
    std::string user;
    std::string workdir;
    std::vector<Bind> binds;
    std::vector<PrivateDirectory> private_directories;
    std::vector<FileRequest> files;
    std::vector<Command> exec;
    std::vector<Service> run;
    std::vector<Dependency> depends_on;
    std::vector<PublishedPort> publish;
    Daemons daemons; ///< router only
    RootRequest root;
    Limits limits;
    Span limits_span; ///< where `limits` was said, or empty
    NodeClock clock;
    Span clock_span;                  ///< where `clock` was said, or empty
    StpMode stp = StpMode::automatic; ///< switch only
    Span stp_span;                    ///< where `stp` was said, or empty
    std::optional<Duration> ageing;   ///< switch only; the kernel's default is 300 s

    bool operator==(const Node&) const = default;
};

/// What an end of a link asks for in a family: nothing said, an address, or none at all (`false`).
struct EndAddress {
    bool off = false;
    std::optional<IpInterface>
        address; ///< length is the family's full length if the file gave no `/length`
    bool has_length = false;
    Span span;

    bool operator==(const EndAddress&) const = default;
};

/// One end of a link.
struct Endpoint {
    NodeId node{};
    std::string
        interface; ///< always set: `eth0`, `eth1`, … in file order where the file names none
    Span span;
    EndAddress ipv4;
    EndAddress ipv6;
    std::optional<MacAddress> mac;
    Span mac_span;
    Impairment leaving; ///< what happens to frames that leave here: the end's, over the link's

    bool operator==(const Endpoint&) const = default;
};

/// What a link asks for as its subnet in a family: nothing said, a prefix, or none at all
/// (`false`).
struct SubnetRequest {
    bool off = false;
    std::optional<IpPrefix> prefix;
    Span span;

    bool operator==(const SubnetRequest&) const = default;
};

/// A link: two ends are a veth pair; three or more are a LAN segment.
struct Link {
    std::string name; ///< unique: the file's, or `a-b`, `a-b-2`, …
    Span span;        ///< the link's value in `links`
    std::vector<Endpoint> endpoints;
    SubnetRequest ipv4;
    SubnetRequest ipv6;
    std::optional<std::uint32_t> mtu;
    bool up = true;
    std::uint32_t cost = 1;
    Engine engine = Engine::automatic;

    bool is_segment() const { return endpoints.size() > 2; }

    bool operator==(const Link&) const = default;
};

/// The pools that subnets and loopbacks are drawn from; nullopt where the family is turned off.
struct Addressing {
    std::optional<IpPrefix> ipv4;
    std::optional<IpPrefix> ipv6;
    std::optional<IpPrefix> loopback4;
    std::optional<IpPrefix> loopback6;
    std::uint8_t prefix4 = 24;
    Span ipv4_span, ipv6_span, loopback4_span, loopback6_span, prefix4_span;

    bool operator==(const Addressing&) const = default;
};

/// What the user asked for, checked as far as one file can be without planning it.
struct Topology {
    std::string name;
    std::string description;
    Addressing addressing;
    RoutingMode routing = RoutingMode::static_routes;
    std::vector<Node> nodes;
    std::vector<Link> links;
    /// Mistakes of the file leave open which nodes, links or addresses were meant: what follows
    /// from them is no mistake of the user's.
    bool uncertain = false;

    bool operator==(const Topology&) const = default;
};

} // namespace netlab
