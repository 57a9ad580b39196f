#include "lab/bind_trees.h"

#include "lab/lab.h"
#include "sys/check.h"
#include "sys/mounts.h"

#include <set>

#include <fcntl.h>

namespace netlab {

namespace {

[[noreturn]] void refuse(const NodePlan& node, const Bind& bind, const std::string& why) {
    throw LabError{fmt::format("cannot bind {} into node {}: {}", bind.host_path, node.name, why),
                   bind.span, "while opening this bind"};
}

[[noreturn]] void refuse(const NodePlan& node, const RootRequest& root, const std::string& why) {
    throw LabError{
        fmt::format("cannot make {} the root of node {}: {}", root.host_path, node.name, why),
        root.span, "while opening this root"};
}

UniqueFd open_root_tree(const NodePlan& node) {
    try {
        return clone_mount(node.root.host_path);
    } catch (const std::system_error& error) {
        refuse(node, node.root, error.code().message());
    }
}

void map_root_owners(const UniqueFd& tree, const NodePlan& node, const UniqueFd& userns) {
    try {
        map_owners(tree, userns);
    } catch (const std::system_error& error) {
        refuse(node, node.root,
               "its file system cannot map owners (" + error.code().message() +
                   "), so its files would be nobody's; put it on another file system");
    }
}

} // namespace

std::vector<std::string> bound_paths(const Plan& plan) {
    std::set<std::string> paths;
    for (const auto& node : plan.nodes) {
        for (const auto& bind : node.binds) {
            paths.insert(bind.host_path);
        }
        if (!node.root.host_path.empty()) {
            paths.insert(node.root.host_path);
        }
    }
    return {paths.begin(), paths.end()};
}

BindTrees open_bind_trees(const Plan& plan) {
    BindTrees trees;
    for (const auto& node : plan.nodes) {
        auto& of_node = trees.of_nodes.emplace_back();
        for (const auto& bind : node.binds) {
            try {
                of_node.push_back(clone_mount(bind.host_path));
            } catch (const std::system_error& error) {
                refuse(node, bind, error.code().message());
            }
        }
        if (!node.root.host_path.empty()) {
            of_node.push_back(open_root_tree(node));
        }
    }
    for (const auto& path : bound_paths(plan)) {
        trees.spare.push_back(clone_mount(path));
    }
    return trees;
}

void map_bind_owners(const BindTrees& trees, const Plan& plan, pid_t pid) {
    const UniqueFd userns{
        check(::open(fmt::format("/proc/{}/ns/user", pid).c_str(), O_RDONLY | O_CLOEXEC),
              "open the lab's user namespace")};
    for (std::size_t i = 0; i < trees.of_nodes.size(); ++i) {
        if (!plan.nodes[i].root.host_path.empty()) {
            map_root_owners(trees.of_nodes[i].back(), plan.nodes[i], userns);
        }
        for (std::size_t k = 0; k < plan.nodes[i].binds.size(); ++k) {
            const auto& bind = plan.nodes[i].binds[k];
            try {
                map_owners(trees.of_nodes[i][k], userns);
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
    for (const auto& tree : trees.spare) {
        try {
            map_owners(tree, userns);
        } catch (const std::system_error&) { // NOLINT(bugprone-empty-catch): as of the nodes' own
        }
    }
}

} // namespace netlab
