#include "node/time_namespace.h"

#include "sys/check.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <system_error>

#include <fcntl.h>
#include <sched.h>

namespace netlab {

namespace {

std::string line_of(const char* clock, Duration offset) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(offset);
    return fmt::format("{} {} {}\n", clock, seconds.count(), (offset - seconds).count());
}

[[noreturn]] void refuse_namespace(int error) {
    throw_errno(error, error == EINVAL
                           ? "make a time namespace (this kernel has none: they take Linux 5.6 and "
                             "CONFIG_TIME_NS)"
                       : error == ENOSPC
                           ? "make a time namespace: the host's limit on them is reached (as root: "
                             "sysctl -w user.max_time_namespaces=N)"
                           : "make a time namespace");
}

} // namespace

void enter_time_namespace(const NodeClock& clock) {
    if (::unshare(CLONE_NEWTIME) != 0) {
        refuse_namespace(errno);
    }
    const auto offsets = line_of("monotonic", clock.monotonic) + line_of("boottime", clock.boot);
    try {
        write_file("/proc/self/timens_offsets", offsets);
    } catch (const std::system_error& error) {
        if (error.code().value() != ERANGE) {
            throw;
        }
        throw_errno(ERANGE, fmt::format("set the monotonic clock off by {} and the boot clock by "
                                        "{} (they must not show less than 0; the host's show {} s)",
                                        spell_signed(clock.monotonic), spell_signed(clock.boot),
                                        std::chrono::duration_cast<std::chrono::seconds>(
                                            std::chrono::steady_clock::now().time_since_epoch())
                                            .count()));
    }
    // unshare(2) is for children only; but it is this process's namespaces that setns(2) with its
    // pidfd enters, and its own clocks that services are kept by.
    const UniqueFd own{check(::open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC),
                             "open the time namespace")};
    check(::setns(own.get(), CLONE_NEWTIME), "enter the time namespace");
}

} // namespace netlab
