#include "trial/node_doors.h"

#include "control/selection.h"
#include "sys/process.h"

#include <stdexcept>

namespace netlab {

namespace {

/// Joined by one request, each of them an open file.
constexpr std::size_t joined_at_once = 100;

} // namespace

std::vector<std::string> NodeDoors::names(const std::vector<std::string>& patterns) const {
    std::vector<std::string> found;
    for (const auto id : select_nodes(plan_, patterns)) {
        found.push_back(plan_.nodes[index(id)].name);
    }
    return found;
}

bool NodeDoors::is_open(const std::string& node) const {
    const auto found = open_.find(node);
    return found != open_.end() && found->second.pidfd &&
           !wait_for_end(found->second.pidfd, std::chrono::milliseconds{0});
}

void NodeDoors::open(const std::vector<std::string>& names) {
    std::vector<std::string> closed;
    for (const auto& name : names) {
        if (!is_open(name)) {
            closed.push_back(name);
        }
    }
    for (std::size_t begin = 0; begin < closed.size(); begin += joined_at_once) {
        const auto end = std::min(begin + joined_at_once, closed.size());
        const std::vector<std::string> some{closed.begin() + static_cast<std::ptrdiff_t>(begin),
                                            closed.begin() + static_cast<std::ptrdiff_t>(end)};
        for (auto& handle : LabClient{lab_}.join(some)) {
            auto name = handle.node.name;
            open_.insert_or_assign(std::move(name), std::move(handle));
        }
    }
}

JoinRequest NodeDoors::request(const std::string& node, const std::vector<std::string>& command) {
    open({node});
    const auto& handle = open_.at(node);
    if (!handle.pidfd) {
        throw std::runtime_error{"node " + node + " does not run: " + handle.node.end};
    }
    return {handle.pidfd.get(),  command,
            handle.node.env,     handle.node.user,
            handle.node.workdir, handle.node.name,
            handle.node.cgroup,  handle.node.clock.has_time_namespace()};
}

} // namespace netlab
