#include "cli/visit_nodes.h"

#include "sys/check.h"

#include <algorithm>

#include <sched.h>

namespace netlab {

namespace {

/// Nodes opened at the same time, here and by the supervisor: few enough for any limit on open
/// files.
constexpr std::size_t piece = 16;

} // namespace

NodeVisits::NodeVisits(LabClient& client) : client_(client) {
    check(::setns(client.supervisor().get(), CLONE_NEWUSER), "enter the lab's user namespace");
}

void NodeVisits::each(const std::vector<std::string>& names,
                      const std::function<void(const NodeHandle&)>& look) {
    for (std::size_t begin = 0; begin < names.size(); begin += piece) {
        const auto end = std::min(begin + piece, names.size());
        const std::vector<std::string> some{names.begin() + static_cast<std::ptrdiff_t>(begin),
                                            names.begin() + static_cast<std::ptrdiff_t>(end)};
        for (const auto& handle : client_.visit(some)) {
            if (handle.pidfd) {
                check(::setns(handle.pidfd.get(), CLONE_NEWNET), "enter the network of node {}",
                      handle.node.name);
            }
            look(handle);
        }
    }
}

} // namespace netlab
