#pragma once

#include "trial/node_command.h"
#include "trial/stage.h"
#include "trial/trial.h"

#include <memory>
#include <string>
#include <vector>

namespace netlab {

/// One command in the nodes of a step, in all of them at once.
class NodeCommands {
public:
    /// Starts it in `result.nodes`. Throws as NodeCommand does.
    void start(Stage& stage, const std::vector<std::string>& command, const StepResult& result);

    void add_fds(std::vector<int>& fds) const;
    /// Looks whether all have ended.
    bool have_ended();

    const std::vector<std::unique_ptr<NodeCommand>>& all() const { return commands_; }

private:
    std::vector<std::unique_ptr<NodeCommand>> commands_;
};

} // namespace netlab
