#include "trial/node_commands.h"

namespace netlab {

void NodeCommands::start(Stage& stage, const std::vector<std::string>& command,
                         const StepResult& result) {
    stage.doors.open(result.nodes);
    for (const auto& node : result.nodes) {
        commands_.push_back(std::make_unique<NodeCommand>(stage.doors.request(node, command),
                                                          stage.output_file(result, node)));
    }
}

void NodeCommands::add_fds(std::vector<int>& fds) const {
    for (const auto& command : commands_) {
        fds.push_back(command->fd());
    }
}

bool NodeCommands::have_ended() {
    bool all = true;
    for (const auto& command : commands_) {
        all = command->has_ended() && all;
    }
    return all;
}

} // namespace netlab
