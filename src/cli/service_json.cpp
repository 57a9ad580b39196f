#include "cli/service_json.h"

#include <array>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

namespace netlab {

namespace {

using json = nlohmann::ordered_json;

/// What services print may be any bytes; JSON is UTF-8.
std::string text_of(const json& value, int indent) {
    return value.dump(indent, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string iso_time(std::uint64_t nanoseconds) {
    const auto seconds = static_cast<std::time_t>(nanoseconds / 1'000'000'000);
    std::tm when{};
    ::gmtime_r(&seconds, &when);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", when.tm_year + 1900,
                       when.tm_mon + 1, when.tm_mday, when.tm_hour, when.tm_min, when.tm_sec,
                       nanoseconds / 1000 % 1'000'000);
}

/// As a shell reports it; null before the first end.
json exit_code(const ServiceAnswer& service) {
    const auto status = static_cast<int>(service.exit_status);
    return status < 0            ? json()
           : WIFSIGNALED(status) ? json(128 + WTERMSIG(status))
                                 : json(WEXITSTATUS(status));
}

json to_value(const TrafficRate& rate) {
    return {{"rx", {{"packets_per_second", rate.rx_packets}, {"bits_per_second", rate.rx_bits}}},
            {"tx", {{"packets_per_second", rate.tx_packets}, {"bits_per_second", rate.tx_bits}}}};
}

} // namespace

std::string log_line_to_json(const std::string& node, const std::string& service,
                             const LogLine& line) {
    static constexpr std::array streams{"stdout", "stderr", "netlab"};
    return text_of({{"time", iso_time(line.time)},
                    {"node", node},
                    {"service", service},
                    {"stream", streams.at(static_cast<std::size_t>(line.stream))},
                    {"text", line.text}},
                   -1);
}

std::string services_to_json(const std::vector<NodeAnswer>& nodes, const ServiceUsages& usages) {
    auto values = json::array();
    for (const auto& node : nodes) {
        for (const auto& service : node.services) {
            const auto& usage = usages.at({node.name, service.name});
            values.push_back({{"node", node.name},
                              {"service", service.name},
                              {"state", service.state},
                              {"pid", service.pid},
                              {"restarts", service.restarts},
                              {"exit_code", exit_code(service)},
                              {"since", service.since},
                              {"processes", usage.processes},
                              {"cpu_seconds", usage.cpu_seconds},
                              {"memory_bytes", usage.memory}});
        }
    }
    return text_of(values, 2);
}

std::string rates_to_json(const TopRates& rates) {
    json value{{"seconds", rates.seconds}, {"nodes", json::array()}, {"links", json::array()}};
    for (const auto& node : rates.nodes) {
        json entry{{"name", node.name},
                   {"stopped", node.stopped},
                   {"processes", node.processes},
                   {"cpu", node.cpu},
                   {"memory_bytes", node.memory}};
        entry.update(to_value(node.traffic));
        value["nodes"].push_back(std::move(entry));
    }
    for (const auto& link : rates.links) {
        auto ends = json::array();
        for (const auto& [name, rate] : link.ends) {
            json end{{"end", name}};
            end.update(to_value(rate));
            ends.push_back(std::move(end));
        }
        value["links"].push_back({{"name", link.name}, {"ends", std::move(ends)}});
    }
    return text_of(value, 2);
}

} // namespace netlab
