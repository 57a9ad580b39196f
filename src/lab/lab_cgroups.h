#pragma once

#include "lab/state_directory.h"
#include "plan/plan.h"
#include "sys/cgroup.h"
#include "sys/unique_fd.h"

#include <string>
#include <vector>

namespace netlab {

/// The cgroup that a node's processes live in.
struct NodeCgroup {
    std::string directory; ///< on the host; empty if the node has no limits
    UniqueFd procs;        ///< its cgroup.procs, opened by who may write it
};

/// The cgroups of a lab whose file asks for limits: made by the command that starts it, in sight of
/// the host and with its user's rights. As root they are below the root of cgroup v2, as an
/// ordinary user below the cgroup that the command runs in, which has to be delegated to him. Taken
/// away again when this goes, unless kept.
class LabCgroups {
public:
    /// Makes none if no node has limits. Throws LabError with the reason and the cure where the
    /// host does not let this user set them.
    LabCgroups(const Plan& plan, const StateDirectory& state);
    ~LabCgroups();
    LabCgroups(const LabCgroups&) = delete;
    LabCgroups& operator=(const LabCgroups&) = delete;

    /// By NodeId, to be handed to the supervisor; empty if there are none.
    std::vector<NodeCgroup>& nodes() { return nodes_; }

    /// Leaves a process behind that takes the cgroups away when the supervisor behind `pidfd` has
    /// ended, because nobody else outlives it. Not in a delegated cgroup: it would have to be in
    /// there, and whoever delegated it tidies up. Throws std::system_error.
    void leave_sweeper(const UniqueFd& pidfd) const;
    /// The lab is up: they stay.
    void keep() { kept_ = true; }

private:
    void make(const Plan& plan, const StateDirectory& state);
    void make_lab_group(const std::string& name);
    void make_node_group(const NodePlan& node);
    void leave_own_group();

    CgroupPlace place_;
    bool delegated_ = false;
    std::string parent_; ///< in it is the lab's
    std::string lab_;    ///< directory of the lab's; empty if there is none
    std::vector<NodeCgroup> nodes_;
    bool kept_ = false;
};

} // namespace netlab
