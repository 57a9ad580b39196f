#include "cli/pause.h"

#include "base/diagnostic.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "sys/cgroup.h"
#include "sys/text_file.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace netlab {

namespace {

/// The one with the limits, above the one that the node's root can write.
std::string group_of(const NodeAnswer& node) {
    return std::filesystem::path{node.cgroup}.parent_path();
}

void check_pausable(const NodeAnswer& node) {
    if (node.running && node.cgroup.empty()) {
        throw InputError{"node " + node.name + " has no cgroup, by which all its processes stop",
                         R"(in the topology file, "limits": { "pids": 10000 } gives it one)"};
    }
}

} // namespace

bool is_paused(const NodeAnswer& node) {
    return node.running && !node.cgroup.empty() && is_frozen(group_of(node));
}

void refuse_paused(const NodeAnswer& node) {
    if (is_paused(node)) {
        throw InputError{"node " + node.name + " is paused", "netlab resume " + node.name};
    }
}

void resume_all(const std::filesystem::path& lab) {
    std::error_code none;
    for (const auto& group :
         std::filesystem::directory_iterator{read_file_or(lab / "cgroup", ""), none}) {
        if (is_frozen(group.path())) {
            freeze_cgroup(group.path(), false);
        }
    }
}

int run_pause(bool pause, const PauseOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto nodes = client.nodes(options.nodes);
    for (const auto& node : nodes) {
        if (!node.running) {
            throw std::runtime_error{"node " + node.name + " does not run: " + node.end};
        }
        check_pausable(node);
    }
    for (const auto& node : nodes) {
        freeze_cgroup(group_of(node), pause);
    }
    return 0;
}

} // namespace netlab
