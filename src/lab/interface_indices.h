#pragma once

#include "plan/plan.h"

#include <cstddef>

namespace netlab {

/// Interface indices that a lab chooses for itself, so that requests need not ask the kernel for
/// them.
class InterfaceIndices {
public:
    /// `first` is the lowest index that is free in a new network namespace.
    explicit InterfaceIndices(int first) : first_(first) {}

    /// Of the `interface`-th interface of a node.
    int of(std::size_t interface) const { return first_ + static_cast<int>(interface); }
    /// Of the bridge of a switch with that many interfaces.
    int of_bridge(const NodePlan& node) const { return of(node.interfaces.size()); }

private:
    int first_;
};

} // namespace netlab
