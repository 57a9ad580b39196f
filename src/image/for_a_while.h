#pragma once

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

/// While it lives, everything is made with the mode that is said, whatever the caller's umask.
class NoUmask {
public:
    NoUmask() : before_(::umask(0)) {}
    ~NoUmask() { ::umask(before_); }
    NoUmask(const NoUmask&) = delete;
    NoUmask& operator=(const NoUmask&) = delete;

private:
    mode_t before_;
};

/// When it goes, the working directory is again what it was when it came: a process with a single
/// thread may change it meanwhile. Throws std::system_error.
class SameDirectory {
public:
    SameDirectory()
        : before_(check(::open(".", O_PATH | O_CLOEXEC), "open the working directory")) {}
    ~SameDirectory() { std::ignore = ::fchdir(before_.get()); }
    SameDirectory(const SameDirectory&) = delete;
    SameDirectory& operator=(const SameDirectory&) = delete;

private:
    UniqueFd before_;
};

} // namespace netlab
