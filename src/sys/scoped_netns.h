#pragma once

#include "sys/unique_fd.h"

#include <sys/types.h>

namespace netlab {

/// This thread is in another network namespace as long as this lives. Needs CAP_SYS_ADMIN in the
/// user namespaces that own both namespaces and in the thread's own.
class ScopedNetns {
public:
    /// Enters the network namespace of `pid`. Throws std::system_error.
    explicit ScopedNetns(pid_t pid);
    /// Enters the network namespace behind `fd`, a pidfd or a descriptor of the namespace. Throws
    /// std::system_error.
    explicit ScopedNetns(const UniqueFd& fd);
    ~ScopedNetns();
    ScopedNetns(const ScopedNetns&) = delete;
    ScopedNetns& operator=(const ScopedNetns&) = delete;

private:
    UniqueFd home_;
};

} // namespace netlab
