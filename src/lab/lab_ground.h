#pragma once

#include "sys/unique_fd.h"

namespace netlab {

/// What lies under the copy-on-write layers of a lab's nodes: see lay_ground. It is laid when for
/// the first time something is to run in a node, so that a lab in which nothing runs comes up
/// without it.
class LabGround {
public:
    /// `place` is from enter_lab_root, `owners` a file of what to_text(Owners) gives.
    void prepare(UniqueFd place, UniqueFd owners);

    /// Lays it, once. That it failed is said in the log: the nodes then have their directories as
    /// the host's, read-only.
    void lay();

private:
    UniqueFd place_;
    UniqueFd owners_;
};

} // namespace netlab
