#include "control/request.h"

#include "control/clock_json.h"
#include "control/fault_json.h"
#include "control/link_json.h"
#include "plan/limits_json.h"
#include "plan/published_json.h"

#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using nlohmann::json;

constexpr std::array<const char*, 18> kinds{
    "nodes", "names", "visit",  "join",  "links",  "change", "boards", "stop",  "start",
    "part",  "heal",  "faults", "pause", "resume", "kill",   "uplink", "clock", "end"};

Request::Kind kind_from(const json& value) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (value == kinds.at(i)) {
            return static_cast<Request::Kind>(i);
        }
    }
    throw std::runtime_error{"the control socket carried a request that is none"};
}

json parse(const std::string& text) {
    auto value = json::parse(text, nullptr, false);
    if (!value.is_object()) {
        throw std::runtime_error{"the control socket carried something that is no message"};
    }
    return value;
}

Limits limits_from(const json& value) {
    Limits limits;
    if (value.contains("cpu")) {
        limits.cpu = static_cast<std::uint32_t>(std::lround(value.at("cpu").get<double>() * 1000));
    }
    if (value.contains("memory")) {
        limits.memory = value.at("memory").get<std::uint64_t>();
    }
    if (value.contains("pids")) {
        limits.pids = value.at("pids").get<std::uint32_t>();
    }
    return limits;
}

std::vector<PublishedPort> published_from(const json& values) {
    std::vector<PublishedPort> ports;
    for (const auto& value : values) {
        const auto address = parse_address(value.at("address").get<std::string>());
        if (!address) {
            throw std::runtime_error{"the control socket carried an address that is none"};
        }
        ports.push_back({*address, value.at("port").get<std::uint16_t>(),
                         value.at("node_port").get<std::uint16_t>(), value.at("protocol") == "udp",
                         Span{}});
    }
    return ports;
}

std::vector<IpAddress> addresses_from(const json& values) {
    std::vector<IpAddress> addresses;
    for (const auto& value : values) {
        const auto address = parse_address(value.get<std::string>());
        if (!address) {
            throw std::runtime_error{"the control socket carried an address that is none"};
        }
        addresses.push_back(*address);
    }
    return addresses;
}

json addresses_json(const std::vector<IpAddress>& addresses) {
    auto values = json::array();
    for (const auto& address : addresses) {
        values.push_back(to_string(address));
    }
    return values;
}

json services_json(const std::vector<ServiceAnswer>& services) {
    auto values = json::array();
    for (const auto& service : services) {
        values.push_back({{"name", service.name},
                          {"state", service.state},
                          {"pid", service.pid},
                          {"restarts", service.restarts},
                          {"exit_status", service.exit_status},
                          {"since", service.since}});
    }
    return values;
}

NodeAnswer node_from(const json& value) {
    if (!value.contains("kind")) { // asked for by Request::Kind::names
        NodeAnswer named;
        named.name = value.at("name");
        return named;
    }
    NodeAnswer node{value.at("name"),
                    value.at("kind"),
                    value.at("running"),
                    value.at("end"),
                    value.at("env").get<std::map<std::string, std::string>>(),
                    value.at("user"),
                    value.at("workdir"),
                    value.at("pid"),
                    value.at("stopped")};
    for (const auto& service : value.at("services")) {
        node.services.push_back({service.at("name"), service.at("state"), service.at("pid"),
                                 service.at("restarts"), service.at("exit_status"),
                                 service.at("since")});
    }
    node.cgroup = value.at("cgroup");
    node.limits = limits_from(value.at("limits"));
    node.publish = published_from(value.at("publish"));
    node.paused = value.at("paused").get<bool>();
    if (value.contains("clock")) {
        node.clock = clock_answer_from(value.at("clock"));
    }
    node.addresses = addresses_from(value.at("addresses"));
    node.lost_files = value.value("lost_files", std::string{});
    return node;
}

/// json's own errors speak of its types; whoever reads ours wants to know what went wrong.
template <class Read>
auto checked(Read read) {
    try {
        return read();
    } catch (const json::exception& error) {
        throw std::runtime_error{std::string{"the control socket carried a malformed message: "} +
                                 error.what()};
    }
}

} // namespace

std::string to_json(const Request& request) {
    return json{{"kind", kinds.at(static_cast<std::size_t>(request.kind))},
                {"nodes", request.nodes},
                {"change", link_change_json(request.change)},
                {"service", request.service},
                {"patience", request.patience.count()},
                {"fault", fault_request_json(request.fault)},
                {"clock", clock_change_json(request.clock)},
                {"command", request.command},
                {"wipe", request.wipe},
                {"uplink", request.uplink},
                {"refusal", request.refusal}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_json(const Reply& reply) {
    auto nodes = json::array();
    for (const auto& node : reply.nodes) {
        if (node.kind.empty()) {
            nodes.push_back({{"name", node.name}});
            continue;
        }
        nodes.push_back({{"name", node.name},
                         {"kind", node.kind},
                         {"running", node.running},
                         {"end", node.end},
                         {"env", node.env},
                         {"user", node.user},
                         {"workdir", node.workdir},
                         {"pid", node.pid},
                         {"stopped", node.stopped},
                         {"services", services_json(node.services)},
                         {"cgroup", node.cgroup},
                         {"limits", limits_json<json>(node.limits)},
                         {"publish", published_json<json>(node.publish)},
                         {"paused", node.paused},
                         {"addresses", addresses_json(node.addresses)},
                         {"lost_files", node.lost_files}});
        if (!node.clock.is_plain()) {
            nodes.back()["clock"] = clock_answer_json(node.clock);
        }
    }
    auto links = json::array();
    for (const auto& link : reply.links) {
        links.push_back(link_answer_json(link));
    }
    auto faults = json::array();
    for (const auto& fault : reply.faults) {
        faults.push_back(fault_answer_json(fault));
    }
    // Names and values come from a file that was checked to be UTF-8; `replace` is for the rest.
    return json{{"nodes", std::move(nodes)},
                {"links", std::move(links)},
                {"faults", std::move(faults)},
                {"error", reply.error},
                {"hint", reply.hint},
                {"refused", reply.refused},
                {"last", reply.last},
                {"uplink", {{"node", reply.uplink.node}, {"taken", reply.uplink.taken}}}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

Request parse_request(const std::string& text) {
    return checked([&] {
        const auto value = parse(text);
        return Request{kind_from(value.at("kind")),
                       value.at("nodes").get<std::vector<std::string>>(),
                       link_change_from(value.at("change")),
                       value.at("service").get<std::string>(),
                       std::chrono::milliseconds{value.at("patience").get<std::int64_t>()},
                       fault_request_from(value.at("fault")),
                       clock_change_from(value.at("clock")),
                       value.at("command").get<std::string>(),
                       value.at("wipe").get<bool>(),
                       value.at("uplink").get<std::string>(),
                       value.at("refusal").get<std::string>()};
    });
}

Reply parse_reply(const std::string& text) {
    return checked([&] {
        const auto value = parse(text);
        Reply reply;
        reply.error = value.at("error").get<std::string>();
        reply.hint = value.at("hint").get<std::string>();
        reply.refused = value.at("refused").get<bool>();
        reply.last = value.at("last").get<bool>();
        const auto& uplink = value.at("uplink");
        reply.uplink = {uplink.at("node").get<std::string>(),
                        uplink.at("taken").get<std::vector<std::string>>()};
        for (const auto& link : value.at("links")) {
            reply.links.push_back(link_answer_from(link));
        }
        for (const auto& fault : value.at("faults")) {
            reply.faults.push_back(fault_answer_from(fault));
        }
        for (const auto& node : value.at("nodes")) {
            reply.nodes.push_back(node_from(node));
        }
        return reply;
    });
}

} // namespace netlab
