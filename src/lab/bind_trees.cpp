#include "lab/bind_trees.h"

#include "lab/lab.h"
#include "sys/check.h"
#include "sys/mounts.h"

#include <fcntl.h>

namespace netlab {

namespace {

[[noreturn]] void refuse(const NodePlan& node, const Bind& bind, const std::string& why) {
    throw LabError{fmt::format("cannot bind {} into node {}: {}", bind.host_path, node.name, why),
                   bind.span, "while opening this bind"};
}

} // namespace

BindTrees open_bind_trees(const Plan& plan) {
    BindTrees trees;
    for (const auto& node : plan.nodes) {
        auto& of_node = trees.emplace_back();
        for (const auto& bind : node.binds) {
            try {
                of_node.push_back(clone_mount(bind.host_path));
            } catch (const std::system_error& error) {
                refuse(node, bind, error.code().message());
            }
        }
    }
    return trees;
}

void map_bind_owners(const BindTrees& trees, const Plan& plan, pid_t pid) {
    const UniqueFd userns{
        check(::open(fmt::format("/proc/{}/ns/user", pid).c_str(), O_RDONLY | O_CLOEXEC),
              "open the lab's user namespace")};
    for (std::size_t i = 0; i < trees.size(); ++i) {
        for (std::size_t k = 0; k < trees[i].size(); ++k) {
            const auto& bind = plan.nodes[i].binds[k];
            try {
                map_owners(trees[i][k], userns);
            } catch (const std::system_error& error) {
                if (!bind.read_only) {
                    refuse(plan.nodes[i], bind,
                           "its file system cannot map owners (" + error.code().message() +
                               "), so the node could not write there; bind it with :ro, or from "
                               "another file system");
                }
            }
        }
    }
}

} // namespace netlab
