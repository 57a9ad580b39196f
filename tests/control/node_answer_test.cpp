#include "control/node_answer.h"
#include "support/catch.h"

#include <csignal>

namespace netlab::test {

TEST_CASE("of a node without power a service that ran was killed, others ended as they had") {
    struct Was {
        ServiceState state;
        int pid;
        int status; ///< of its last end
        std::string then;
        int status_then;
    };
    constexpr int seven = 7 << 8;
    const std::vector<Was> services{{ServiceState::ready, 17, seven, "failed", SIGKILL},
                                    {ServiceState::starting, 18, -1, "failed", SIGKILL},
                                    {ServiceState::stopping, 19, -1, "failed", SIGKILL},
                                    {ServiceState::stopping, 0, seven, "failed", seven},
                                    {ServiceState::restarting, 0, seven, "failed", seven},
                                    {ServiceState::failed, 0, seven, "failed", seven},
                                    {ServiceState::ended, 0, 0, "ended", 0},
                                    {ServiceState::stopped, 0, SIGTERM, "stopped", SIGTERM},
                                    {ServiceState::waiting, 0, -1, "waiting", -1}};
    constexpr std::size_t log_bytes = 4096;
    Plan plan;
    plan.nodes.resize(1);
    plan.nodes[0].run.resize(services.size());
    Lab lab{plan};
    lab.nodes.resize(1);
    lab.nodes[0].board = ServiceBoard::make(services.size(), log_bytes);
    const ServiceBoard board{lab.nodes[0].board.get(), services.size(),
                             ServiceBoard::Access::write};
    for (std::size_t i = 0; i < services.size(); ++i) {
        board.status(i).state = services[i].state;
        board.status(i).pid = services[i].pid;
        board.status(i).exit_status = services[i].status;
    }
    const auto answer = describe_node(lab, node_id(0));
    REQUIRE(answer.services.size() == services.size());
    for (std::size_t i = 0; i < services.size(); ++i) {
        INFO(to_string(services[i].state) << ", pid " << services[i].pid);
        CHECK(answer.services[i].state == services[i].then);
        CHECK(answer.services[i].exit_status == services[i].status_then);
        CHECK(answer.services[i].pid == 0);
    }
}

} // namespace netlab::test
