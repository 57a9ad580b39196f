#include "lab/service_specs.h"

#include "node/service_board.h"
#include "node/service_order.h"
#include "sys/check.h"

#include <algorithm>

#include <sys/resource.h>

namespace netlab {

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t most_log = 8UL << 20U;
constexpr std::size_t least_log = 128UL << 10U;
constexpr std::size_t all_logs = 256UL << 20U;

/// A port may be open on one of them only. Each costs PID 1 a socket for a moment.
constexpr std::size_t most_addresses = 64;

std::vector<std::string> listening_addresses(const NodePlan& node) {
    std::vector<std::string> addresses{"127.0.0.1", "::1"};
    for (const auto& address : node.loopback) {
        addresses.push_back(to_string(address.address));
    }
    for (const auto& interface : node.interfaces) {
        for (const auto& address : interface.addresses) {
            addresses.push_back(to_string(address.address));
        }
    }
    addresses.resize(std::min(addresses.size(), most_addresses));
    return addresses;
}

ServiceSpec::Restart restart_of(RestartPolicy policy) {
    switch (policy) {
    case RestartPolicy::no:
        return ServiceSpec::Restart::no;
    case RestartPolicy::on_failure:
        return ServiceSpec::Restart::on_failure;
    case RestartPolicy::always:
        break;
    }
    return ServiceSpec::Restart::always;
}

std::chrono::milliseconds milliseconds(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

ServiceSpec spec_of(const Service& service, const NodePlan& node) {
    ServiceSpec spec;
    spec.name = service.name;
    spec.argv = service.command.argv;
    spec.env = node.env;
    for (const auto& [name, value] : service.env) {
        spec.env[name] = value;
    }
    spec.user = service.user.empty() ? node.user : service.user;
    spec.workdir = service.workdir.empty() ? node.workdir : service.workdir;
    spec.restart = restart_of(service.restart);
    if (const auto* port = std::get_if<std::uint16_t>(&service.ready)) {
        spec.ready = TcpReadiness{listening_addresses(node), *port};
    } else if (const auto* command = std::get_if<Command>(&service.ready)) {
        spec.ready = CommandReadiness{command->argv};
    } else if (const auto* text = std::get_if<std::string>(&service.ready)) {
        spec.ready = LogReadiness{*text};
    }
    spec.within = milliseconds(service.within);
    spec.stop_signal = service.stop_signal;
    spec.stop_timeout = milliseconds(service.stop_timeout);
    return spec;
}

} // namespace

std::vector<ServiceSpec> make_service_specs(const NodePlan& node) {
    std::vector<ServiceSpec> specs;
    for (const auto& service : node.run) {
        specs.push_back(spec_of(service, node));
    }
    return specs;
}

std::size_t log_bytes_of(const Plan& plan) {
    std::size_t services = 0;
    for (const auto& node : plan.nodes) {
        services += node.run.size();
    }
    return std::clamp(all_logs / std::max<std::size_t>(services, 1), least_log, most_log) / page *
           page;
}

UniqueFd join_services(NodeSpec& spec, RunningNode& node, std::size_t log_bytes) {
    if (spec.services.empty()) {
        return {};
    }
    node.board = ServiceBoard::make(spec.services.size(), log_bytes);
    auto line = ServiceLine::open();
    node.line = std::move(line.supervisor);
    spec.board = node.board.get();
    spec.line = line.node.get();
    return std::move(line.node);
}

std::uint64_t raise_file_limit(const Plan& plan) {
    constexpr std::size_t others = 400;
    const auto kept = static_cast<std::size_t>(
        std::count_if(plan.nodes.begin(), plan.nodes.end(),
                      [](const NodePlan& node) { return !node.run.empty(); }));
    rlimit limit{};
    const auto wanted = 2 * kept + others;
    if (kept == 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
        return 0;
    }
    const auto before = limit.rlim_cur;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    check(::setrlimit(RLIMIT_NOFILE, &limit), "raise the limit on open files to {}",
          limit.rlim_cur);
    return before;
}

} // namespace netlab
