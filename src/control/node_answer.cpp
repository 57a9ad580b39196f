#include "control/node_answer.h"

#include "plan/families.h"
#include "plan/hosts_file.h"

#include <csignal>

namespace netlab {

namespace {

ServiceAnswer describe(const Service& service, const ServiceStatus& status) {
    constexpr double nanoseconds = 1e9;
    return {service.name,
            to_string(status.state.load()),
            status.pid.load(),
            status.restarts.load(),
            status.exit_status.load(),
            static_cast<double>(status.since.load()) / nanoseconds};
}

/// A service of a node that has ended: on the board is what was true before.
ServiceAnswer describe_lost(const Service& service, const ServiceStatus& status) {
    auto answer = describe(service, status);
    answer.state = to_string(state_without_power(status.state.load()));
    if (answer.pid != 0) {            // it had not ended by itself
        answer.exit_status = SIGKILL; // as wait(2) has it
    }
    answer.pid = 0;
    return answer;
}

} // namespace

ServiceState state_without_power(ServiceState last) {
    const bool was_over = last == ServiceState::waiting || last == ServiceState::stopped ||
                          last == ServiceState::ended || last == ServiceState::failed;
    return was_over ? last : ServiceState::failed;
}

NodeAnswer describe_node(const Lab& lab, NodeId id) {
    const auto& plan = lab.plan.nodes[index(id)];
    const auto& node = lab.nodes[index(id)];
    NodeAnswer answer{plan.name,      std::string{to_string(plan.kind)},
                      node.is_open(), node.end,
                      plan.env,       plan.user,
                      plan.workdir,   node.pid,
                      node.stopped};
    answer.cgroup = node.cgroup;
    answer.limits = plan.limits;
    answer.publish = plan.publish;
    answer.paused = node.paused;
    answer.lost_files = node.lost_files;
    answer.clock = {node.wall_clock, plan.clock};
    for (const auto family : families) {
        if (const auto address = named_address(plan, family)) {
            answer.addresses.push_back(*address);
        }
    }
    if (node.board) {
        const ServiceBoard board{node.board.get(), plan.run.size(), ServiceBoard::Access::read};
        for (std::size_t i = 0; i < plan.run.size(); ++i) {
            const auto& status = board.status(i);
            answer.services.push_back(node.running || node.starting
                                          ? describe(plan.run[i], status)
                                          : describe_lost(plan.run[i], status));
        }
    }
    return answer;
}

NodeAnswer name_node(const Lab& lab, NodeId id) {
    NodeAnswer answer;
    answer.name = lab.plan.nodes[index(id)].name;
    return answer;
}

} // namespace netlab
