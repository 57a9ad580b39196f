#include "cli/json_output.h"

#include "plan/limits_json.h"
#include "plan/plan_json.h"
#include "plan/published_json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& value) {
    // Output of commands may be any bytes; JSON is UTF-8.
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json place(const Source& source, Span span) {
    const auto begin = source.position(span.begin);
    const auto end = source.position(span.end);
    return {{"line", begin.line},
            {"column", begin.column},
            {"end_line", end.line},
            {"end_column", end.column}};
}

json to_value(const Diagnostic& diagnostic, const Source& source) {
    json value{{"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
               {"message", diagnostic.message},
               {"hint", diagnostic.hint}};
    value.update(place(source, diagnostic.span));
    auto notes = json::array();
    for (const auto& note : diagnostic.notes) {
        json entry{{"message", note.message}};
        entry.update(place(source, note.span));
        notes.push_back(std::move(entry));
    }
    value["notes"] = std::move(notes);
    return value;
}

json to_value(std::vector<Diagnostic> diagnostics, const Source& source) {
    std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic& one) { return one.span.begin; });
    auto values = json::array();
    for (const auto& diagnostic : diagnostics) {
        values.push_back(to_value(diagnostic, source));
    }
    return values;
}

json to_value(const LabCard& card) {
    return {{"name", card.name},        {"description", card.description},
            {"file", card.file},        {"started", card.started},
            {"nodes", card.nodes},      {"links", card.links},
            {"services", card.services}};
}

json to_value(const std::vector<IpInterface>& addresses) {
    auto values = json::array();
    for (const auto& address : addresses) {
        values.push_back(to_string(address));
    }
    return values;
}

json to_value(const InterfaceState& state) {
    json value{{"name", state.name},
               {"index", state.index},
               {"kind", state.kind},
               {"mac", to_string(state.mac)},
               {"mtu", state.mtu},
               {"up", state.up},
               {"carrier", state.carrier},
               {"state", state.operstate},
               {"port_state", state.port_state},
               {"addresses", to_value(state.addresses)}};
    value["rx"] = {{"packets", state.traffic.rx_packets}, {"bytes", state.traffic.rx_bytes}};
    value["tx"] = {{"packets", state.traffic.tx_packets}, {"bytes", state.traffic.tx_bytes}};
    return value;
}

json to_value(const RouteState& state) {
    auto hops = json::array();
    for (const auto& hop : state.hops) {
        hops.push_back({{"address", hop.via ? json(to_string(*hop.via)) : json()},
                        {"interface", hop.interface},
                        {"weight", hop.weight}});
    }
    return {{"to", to_string(state.to)},  {"via", std::move(hops)}, {"metric", state.metric},
            {"protocol", state.protocol}, {"scope", state.scope},   {"type", state.type}};
}

} // namespace

std::string up_to_json(const Plan& plan, const LabCard& card,
                       const std::vector<Diagnostic>& warnings, const Source& source,
                       double seconds) {
    json value{
        {"lab", to_value(card)}, {"seconds", seconds}, {"warnings", to_value(warnings, source)}};
    value["plan"] = json::parse(plan_to_json(plan, -1));
    return text_of(value);
}

std::string check_to_json(const std::vector<PlannedFile>& files) {
    auto values = json::array();
    for (const auto& file : files) {
        values.push_back({{"file", file.source.name()},
                          {"good", !file.diagnostics.has_errors()},
                          {"errors", file.diagnostics.error_count()},
                          {"diagnostics", to_value(file.diagnostics.all(), file.source)}});
    }
    return text_of(values);
}

std::string labs_to_json(const std::vector<LabCard>& cards) {
    auto values = json::array();
    for (const auto& card : cards) {
        values.push_back(to_value(card));
    }
    return text_of(values);
}

std::string results_to_json(const std::vector<NodeResult>& results) {
    auto values = json::array();
    for (const auto& result : results) {
        values.push_back({{"node", result.name},
                          {"exit_code", result.exit_code},
                          {"error", result.error},
                          {"stdout", result.out},
                          {"stderr", result.err},
                          {"stdout_cut", result.out_cut},
                          {"stderr_cut", result.err_cut}});
    }
    return text_of(values);
}

std::string states_to_json(const LabCard& card, const std::vector<NodeState>& nodes) {
    json value{{"lab", to_value(card)}};
    auto states = json::array();
    for (const auto& node : nodes) {
        json entry{
            {"name", node.name}, {"kind", node.kind}, {"running", node.running}, {"end", node.end}};
        entry["stopped"] = node.stopped;
        entry["paused"] = node.paused;
        entry["limits"] = limits_json<json>(node.limits);
        entry["publish"] = published_json<json>(node.publish);
        entry["interfaces"] = json::array();
        for (const auto& interface : node.interfaces) {
            entry["interfaces"].push_back(to_value(interface));
        }
        entry["routes"] = json::array();
        for (const auto& route : node.routes) {
            entry["routes"].push_back(to_value(route));
        }
        states.push_back(std::move(entry));
    }
    value["nodes"] = std::move(states);
    return text_of(value);
}

} // namespace netlab
