#include "control/node_answer.h"

#include "node/service_board.h"
#include "plan/families.h"
#include "plan/hosts_file.h"

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

} // namespace

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
    answer.clock = {node.wall_clock, plan.clock};
    for (const auto family : families) {
        if (const auto address = named_address(plan, family)) {
            answer.addresses.push_back(*address);
        }
    }
    if (node.board) {
        const ServiceBoard board{node.board.get(), plan.run.size(), ServiceBoard::Access::read};
        for (std::size_t i = 0; i < plan.run.size(); ++i) {
            answer.services.push_back(describe(plan.run[i], board.status(i)));
        }
    }
    return answer;
}

} // namespace netlab
