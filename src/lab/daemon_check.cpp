#include "lab/daemon_check.h"

#include "lab/lab.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

namespace netlab {

namespace {

[[noreturn]] void refuse(const NodePlan& node, const std::string& why, const std::string& cure) {
    throw LabError{fmt::format("cannot run routing daemons in node {}: {}", node.name, why),
                   node.daemons.span, "while starting the lab", cure};
}

} // namespace

void check_daemons(const Plan& plan, const IdMaps& maps) {
    const auto router =
        std::ranges::find_if(plan.nodes, [](const NodePlan& node) { return node.daemons.any(); });
    if (router == plan.nodes.end()) {
        return;
    }
    for (const auto& node : plan.nodes) {
        if (node.daemons.any() && node.root.host_path.empty() &&
            ::access("/usr/lib/frr/zebra", X_OK) != 0) {
            refuse(node, "FRRouting is not installed (there is no /usr/lib/frr/zebra)",
                   "as root: apt-get install frr");
        }
    }
    if (maps.writer == IdMaps::Writer::single) {
        refuse(*router, "they change to the user frr, and this lab has one user id only",
               maps.remark.empty() ? "usermod --add-subuids gives the lab's owner more"
                                   : maps.advice());
    }
}

} // namespace netlab
