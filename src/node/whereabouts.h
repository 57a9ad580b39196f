#pragma once

#include <array>

#include <sys/stat.h>

namespace netlab {

/// Where the caller of a command stands, so that the same directory can be recognised in the node.
class Whereabouts {
public:
    /// Looks around, on the host; `pidfd` is of the node's PID 1. Where nothing can be seen there
    /// is nothing to be recognised.
    void look(int pidfd);
    /// Goes there, in the node; false if the node does not see that directory at the same path.
    bool enter() const;

private:
    bool is(const char* other) const;

    std::array<char, 4096> path_{};
    struct ::stat about_ {};
    bool lab_has_it_ = false; ///< it has the same path in the lab's root
};

} // namespace netlab
