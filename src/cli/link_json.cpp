#include "cli/link_json.h"

#include "packet/probe_pace.h"

#include <chrono>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using json = nlohmann::ordered_json;

std::string link_text_of(const json& value) {
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json to_value(const Properties& properties) {
    auto value = json::object();
    for (const auto& [key, text] : properties) {
        value[key] = text;
    }
    return value;
}

template <class Value>
json or_null(const std::optional<Value>& value) {
    return value ? json(*value) : json();
}

double milliseconds(Duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

json to_value(const LinkEndAnswer& end, const LinkEndState& state) {
    return {{"node", end.node},     {"interface", end.interface},   {"state", state.state},
            {"engine", end.engine}, {"leaving", to_value(end.now)}, {"file", to_value(end.file)},
            {"sent", state.sent},   {"dropped", state.dropped},     {"waiting", state.waiting}};
}

json share_value(std::uint64_t count, std::uint64_t of, const std::optional<double>& expected,
                 const std::optional<bool>& agrees, double bunching = 1) {
    const auto within = share_interval(count, of, for_95_percent, bunching);
    return {
        {"expected", or_null(expected)},
        {"count", count},
        {"share", of == 0 ? json() : json(static_cast<double>(count) / static_cast<double>(of))},
        {"low", within.low},
        {"high", within.high},
        {"agrees", or_null(agrees)}};
}

json delay_value(const MeasuredDirection& direction, const ProbeExpectation& expected) {
    const auto& seen = direction.seen;
    const bool any = seen.timed != 0;
    const auto measured = [&](Duration time) { return any ? json(milliseconds(time)) : json(); };
    return {{"expected_ms", expected.delay ? json(milliseconds(*expected.delay)) : json()},
            {"line_ms", milliseconds(expected.line)},
            {"median_ms", measured(seen.median)},
            {"p99_ms", measured(seen.p99)},
            {"agrees", or_null(direction.verdict.delay)}};
}

json jitter_value(const MeasuredDirection& direction) {
    const auto& seen = direction.seen;
    const bool any = seen.timed != 0;
    return {
        {"expected_ms", milliseconds(direction.asked.jitter)},
        {"jitter_ms", any ? json(milliseconds(measured_jitter(direction.asked, seen))) : json()},
        {"deviation_ms", any ? json(milliseconds(seen.deviation)) : json()},
        {"agrees", or_null(direction.verdict.jitter)}};
}

json loss_value(const MeasuredDirection& direction, const ProbeExpectation& expected) {
    const auto& seen = direction.seen;
    const auto& bursts = direction.asked.loss.bursts;
    auto value =
        share_value(seen.lost, seen.sent, expected.loss, direction.verdict.loss,
                    bursts ? bunching_of_bursts(bursts->p.fraction(), bursts->r.fraction()) : 1);
    value["expected_burst"] = or_null(expected.burst);
    value["burst"] = seen.bursts == 0
                         ? json()
                         : json(static_cast<double>(seen.lost) / static_cast<double>(seen.bursts));
    return value;
}

json rate_value(const MeasuredDirection& direction, const ProbeExpectation& expected) {
    if (!direction.flood) {
        return {};
    }
    return {{"expected_bits_per_second", or_null(expected.rate)},
            {"bits_per_second", direction.rate},
            {"offered_bits_per_second", direction.flood->offered()},
            {"agrees", or_null(direction.verdict.rate)}};
}

json to_value(const MeasuredDirection& direction) {
    const auto expected = expect_of_probes(direction.asked);
    const auto& seen = direction.seen;
    const auto& verdict = direction.verdict;
    return {
        {"from", direction.from},
        {"to", direction.to},
        {"asked", to_value(direction.properties)},
        {"probes", seen.sent},
        {"delay", delay_value(direction, expected)},
        {"jitter", jitter_value(direction)},
        {"loss", loss_value(direction, expected)},
        {"duplicate",
         share_value(seen.duplicates, seen.arrived, expected.duplicate, verdict.duplicate)},
        {"corrupt", share_value(seen.damaged, seen.arrived + seen.duplicates, expected.corrupt,
                                verdict.corrupt)},
        {"reorder", share_value(seen.overtaking, seen.arrived, expected.reorder, verdict.reorder)},
        {"rate", rate_value(direction, expected)},
        {"agrees", or_null(agrees(verdict))}};
}

} // namespace

std::string links_to_json(const std::vector<LinkAnswer>& links, const LinkEndStates& states) {
    auto values = json::array();
    for (const auto& link : links) {
        auto ends = json::array();
        for (const auto& end : link.ends) {
            ends.push_back(to_value(end, states.at(name_of(end))));
        }
        values.push_back({{"name", link.name},
                          {"segment", link.segment},
                          {"down", link.down},
                          {"engine", link.engine},
                          {"ends", std::move(ends)}});
    }
    return link_text_of(values);
}

std::string measured_to_json(const MeasuredLink& measured) {
    auto directions = json::array();
    for (const auto& direction : measured.directions) {
        directions.push_back(to_value(direction));
    }
    return link_text_of({{"link", measured.name},
                         {"engine", measured.engine},
                         {"directions", std::move(directions)},
                         {"agrees", or_null(agrees(measured))}});
}

} // namespace netlab
