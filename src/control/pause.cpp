#include "control/pause.h"

#include "base/diagnostic.h"
#include "sys/cgroup.h"
#include "sys/text_file.h"

#include <string>
#include <system_error>

namespace netlab {

namespace {

/// The one with the limits, above the one that the node's root can write.
std::string group_of(const NodeAnswer& node) {
    return std::filesystem::path{node.cgroup}.parent_path();
}

bool is_frozen_group(const NodeAnswer& node) {
    return node.running && !node.cgroup.empty() && is_frozen(group_of(node));
}

} // namespace

bool is_paused(const NodeAnswer& node) {
    return node.paused || is_frozen_group(node);
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

void thaw(const std::vector<NodeAnswer>& nodes) {
    for (const auto& node : nodes) {
        if (!node.cgroup.empty() && is_frozen(group_of(node))) { // of one that was killed, too
            freeze_cgroup(group_of(node), false);
        }
    }
}

void pause_nodes(LabClient& client, const std::vector<std::string>& patterns) {
    const auto nodes = client.pause(patterns);
    try {
        for (const auto& node : nodes) {
            if (!node.cgroup.empty()) {
                freeze_cgroup(group_of(node), true);
            }
        }
    } catch (const std::exception&) {
        resume_nodes(client, patterns);
        throw;
    }
}

void resume_nodes(LabClient& client, const std::vector<std::string>& patterns) {
    thaw(client.resume(patterns));
}

} // namespace netlab
