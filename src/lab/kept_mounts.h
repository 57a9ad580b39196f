#pragma once

#include "sys/unique_fd.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// Mounts that outlive the nodes in which they were: in a mount namespace in which nothing runs,
/// held by one descriptor. They have to be attached somewhere, because the kernel makes no second
/// copy of a detached mount. What may take long, or enters another namespace, is done by a child
/// that is given up after some seconds. See docs/decisions/revive.md.
class KeptMounts {
public:
    /// Keeps detached mounts by names. Throws std::system_error, std::runtime_error.
    void keep(const std::vector<std::pair<std::string, const UniqueFd*>>& mounts);
    /// A tmpfs that a process has.
    struct Tmpfs {
        std::string name; ///< by which it is to be kept
        pid_t pid = -1;
        std::string refusal{}; ///< why it could not be kept; empty: it is
    };
    /// Keeps what each has at `path`, unless its name is kept already; many at the same time. Each
    /// has 5 s for itself: those that do not answer are not kept, and cost the others nothing but
    /// time, 5 s for each 256 of them.
    void keep_tmpfs(std::vector<Tmpfs>& all, const std::string& path);
    /// A detached copy, with all that is mounted below it. Throws as keep(), and if there is none.
    UniqueFd copy(const std::string& name) const;
    /// Lets go of one, if it is there. Throws as keep().
    void drop(const std::string& name);
    bool has(const std::string& name) const { return names_.contains(name); }

private:
    void make_namespace();

    UniqueFd namespace_; ///< made with the first mount
    std::set<std::string> names_;
};

} // namespace netlab
