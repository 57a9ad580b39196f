#include "cli/inspect_state.h"

#include "cli/visit_nodes.h"
#include "control/pause.h"

namespace netlab {

namespace {

NodeState read_state(const NodeHandle& handle) {
    NodeState state{handle.node.name,
                    handle.node.kind,
                    handle.node.running,
                    handle.node.end,
                    handle.node.stopped,
                    is_paused(handle.node),
                    handle.node.limits,
                    {},
                    {},
                    handle.node.publish};
    if (handle.pidfd) {
        Reader reader;
        state.interfaces = reader.interfaces();
        state.routes = reader.routes();
    }
    return state;
}

} // namespace

std::vector<NodeState> read_states(LabClient& client, const std::vector<std::string>& patterns) {
    std::vector<std::string> names;
    for (const auto& node :
         client.nodes(patterns.empty() ? std::vector<std::string>{"all"} : patterns)) {
        names.push_back(node.name);
    }
    std::vector<NodeState> states;
    NodeVisits{client}.each(
        names, [&](const NodeHandle& handle) { states.push_back(read_state(handle)); });
    return states;
}

} // namespace netlab
