#include "plan/plan_json.h"

#include "plan/limits_json.h"
#include "plan/published_json.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using Json = nlohmann::ordered_json;

template <typename Range, typename Convert>
Json list(const Range& range, Convert convert) {
    auto json = Json::array();
    for (const auto& item : range) {
        json.push_back(convert(item));
    }
    return json;
}

template <typename Range>
Json texts(const Range& range) {
    return list(range, [](auto& item) { return to_string(item); });
}

Json bridge_json(const BridgePlan& bridge) {
    return {{"name", bridge.name},
            {"mac", to_string(bridge.mac)},
            {"mtu", bridge.mtu},
            {"stp", bridge.stp},
            {"forward_delay_seconds", bridge.forward_delay.count()},
            {"ageing_milliseconds", bridge.ageing.count()}};
}

Json route_json(const RouteView& route) {
    const auto via = [](const NextHop& hop) {
        return Json{{"address", hop.via ? Json(to_string(*hop.via)) : Json()},
                    {"interface", hop.interface}};
    };
    return {{"to", to_string(route.to)},
            {"via", list(route.next_hops, via)},
            {"metric", route.metric ? Json(*route.metric) : Json()}};
}

/// The properties that are set, each as the topology file spells it.
Json impairment_json(const Impairment& impairment) {
    auto json = Json::object();
    for (const auto& [key, text] : properties_of(impairment)) {
        json[key] = text;
    }
    return json;
}

Json interface_json(const InterfacePlan& interface, const Plan& plan) {
    return {{"name", interface.name},
            {"link", plan.links[index(interface.link)].name},
            {"mac", to_string(interface.mac)},
            {"mtu", interface.mtu},
            {"up", interface.up},
            {"addresses", texts(interface.addresses)},
            {"leaving", impairment_json(interface.leaving)}};
}

Json ready_json(const Service& service) {
    Json json;
    if (const auto* port = std::get_if<std::uint16_t>(&service.ready)) {
        json["tcp"] = *port;
    } else if (const auto* command = std::get_if<Command>(&service.ready)) {
        json["exec"] = command->argv;
    } else if (const auto* text = std::get_if<std::string>(&service.ready)) {
        json["log"] = *text;
    }
    json["within"] = to_string(service.within);
    return json;
}

Json service_json(const Service& service) {
    return {{"name", service.name},
            {"command", service.command.argv},
            {"restart", to_string(service.restart)},
            {"ready", ready_json(service)},
            {"env", list(service.env, [](auto& variable) { return Json(variable.first); })},
            {"user", service.user},
            {"workdir", service.workdir},
            {"stop_signal", service.stop_signal},
            {"stop_timeout", to_string(service.stop_timeout)}};
}

/// What the node runs in. Values of `env` and contents of `files` stay out: they may be secrets.
/// What is said of it, spelled as in the topology file.
Json clock_json(const NodeClock& clock) {
    auto json = Json::object();
    const auto add = [&](const char* key, Duration offset) {
        if (offset.count() != 0) {
            json[key] = spell_signed(offset);
        }
    };
    add("offset", clock.offset);
    if (clock.drift != 0) {
        json["drift"] = spell_drift(clock.drift);
    }
    add("monotonic", clock.monotonic);
    add("boot", clock.boot);
    return json;
}

void add_surroundings(Json& json, const NodePlan& node) {
    json["sysctls"] = Json::object();
    for (const auto& sysctl : node.sysctls) {
        json["sysctls"][sysctl.name] = sysctl.value;
    }
    json["env"] = list(node.env, [](auto& variable) { return Json(variable.first); });
    json["user"] = node.user;
    json["workdir"] = node.workdir;
    json["binds"] = list(node.binds, [](const Bind& bind) {
        return Json{{"host_path", bind.host_path},
                    {"node_path", bind.node_path},
                    {"read_only", bind.read_only}};
    });
    json["private"] = list(node.private_directories,
                           [](const PrivateDirectory& directory) { return Json(directory.path); });
    json["files"] = list(node.files, [](const FileRequest& file) {
        return Json{{"path", file.path}, {"size", file.text.size()}};
    });
    json["root"] = node.root.host_path.empty() ? Json() : Json(node.root.host_path);
    json["limits"] = limits_json<Json>(node.limits);
    json["clock"] = clock_json(node.clock);
    json["exec"] = list(node.exec, [](const Command& command) { return Json(command.argv); });
}

Json node_json(const NodePlan& node, const Plan& plan) {
    Json json{{"name", node.name}, {"kind", to_string(node.kind)}, {"labels", node.labels}};
    json["position"] = node.position ? Json::array({node.position->x, node.position->y}) : Json();
    json["interfaces"] = list(node.interfaces, [&](const InterfacePlan& interface) {
        return interface_json(interface, plan);
    });
    json["loopback"] = texts(node.loopback);
    json["routes"] = list(node.routes, route_json);
    json["bridge"] = node.bridge ? bridge_json(*node.bridge) : Json();
    add_surroundings(json, node);
    json["run"] = list(node.run, service_json);
    json["depends_on"] =
        list(node.depends_on, [&](NodeId id) { return Json(plan.nodes[index(id)].name); });
    json["publish"] = published_json<Json>(node.publish);
    return json;
}

Json link_json(const LinkPlan& link, const Plan& plan) {
    const auto end = [&](const LinkEnd& at) {
        const auto& node = plan.nodes[index(at.node)];
        return Json{{"node", node.name}, {"interface", node.interfaces[at.interface].name}};
    };
    Json json{{"name", link.name},
              {"ends", list(link.ends, end)},
              {"cost", link.cost},
              {"engine", to_string(link.engine)},
              {"subnets", texts(link.subnets)},
              {"segment", Json()}};
    if (link.segment) {
        json["segment"] = bridge_json(link.segment->bridge);
        json["segment"]["ports"] = link.segment->ports;
    }
    return json;
}

/// Writes an object member by member, and long lists item by item: a large lab as one tree of
/// values would take several times the memory of its text, and the text need not be held either.
class Writer {
public:
    /// `indent` < 0 writes one line.
    Writer(int indent, const Write& write) : indent_{indent}, write_{write} {}

    void add(std::string_view key, const Json& value) {
        begin_member(key);
        add_value(value, 1);
    }

    template <typename Range, typename Convert>
    void add_list(std::string_view key, const Range& range, Convert convert) {
        begin_member(key);
        text_ += '[';
        bool any = false;
        for (const auto& item : range) {
            text_ += any ? "," : "";
            begin_line(2);
            add_value(convert(item), 2);
            any = true;
            if (text_.size() >= piece_size) {
                write_(text_);
                text_.clear();
            }
        }
        if (any) {
            begin_line(1);
        }
        text_ += ']';
    }

    void finish() {
        begin_line(0);
        text_ += '}';
        write_(text_);
    }

private:
    void begin_line(std::size_t depth) {
        if (indent_ >= 0) {
            text_ += '\n';
            text_.append(depth * static_cast<std::size_t>(indent_), ' ');
        }
    }

    void begin_member(std::string_view key) {
        text_ += any_ ? "," : "{";
        any_ = true;
        begin_line(1);
        text_ += '"';
        text_ += key;
        text_ += indent_ >= 0 ? "\": " : "\":";
    }

    void add_value(const Json& value, std::size_t depth) {
        // Text of the file may hold bytes that are not UTF-8; they are shown as U+FFFD.
        const auto text = value.dump(indent_, ' ', false, Json::error_handler_t::replace);
        for (std::size_t begin = 0; begin < text.size();) {
            const auto end = std::min(text.find('\n', begin), text.size());
            text_.append(text, begin, end - begin);
            if (end != text.size()) {
                begin_line(depth); // a line's own indentation comes behind it
            }
            begin = end + 1;
        }
    }

    int indent_;
    const Write& write_;
    std::string text_;
    bool any_ = false; ///< whether a member is written
};

} // namespace

void write_plan_json(const Plan& plan, int indent, const Write& write) {
    Writer writer{indent, write};
    writer.add("name", plan.name);
    writer.add("description", plan.description);
    writer.add_list("nodes", plan.nodes,
                    [&](const NodePlan& node) { return node_json(node, plan); });
    writer.add_list("links", plan.links,
                    [&](const LinkPlan& link) { return link_json(link, plan); });
    writer.add("hosts", plan.hosts);
    writer.finish();
}

std::string plan_to_json(const Plan& plan, int indent) {
    std::string text;
    write_plan_json(plan, indent, [&](std::string_view piece) { text += piece; });
    return text;
}

} // namespace netlab
