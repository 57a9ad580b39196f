#include "image/views.h"

#include "image/overlay.h"
#include "sys/check.h"
#include "sys/mounts.h"
#include "sys/unique_fd.h"

#include <string>
#include <tuple>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr unsigned long plain = MS_NOSUID | MS_NODEV | MS_NOEXEC;

void mount_terminals() {
    // Group 5 is tty on every distribution; where it is not mapped the kernel says EINVAL.
    const char* const type = "devpts";
    const unsigned long flags = MS_NOSUID | MS_NOEXEC;
    if (::mount(type, "/dev/pts", type, flags, "newinstance,ptmxmode=0666,mode=620,gid=5") != 0) {
        mount_new(type, "/dev/pts", flags, "newinstance,ptmxmode=0666,mode=620");
    }
}

void mount_kernel_views() {
    mount_sysfs("/sys");
    // Read-only, so that nothing in the node changes it by accident; the node's root can mount
    // another (see "What it does not do" in the README). Programs do without where the kernel has
    // no cgroup v2.
    std::ignore = ::mount("cgroup2", "/sys/fs/cgroup", "cgroup2", plain | MS_RDONLY, nullptr);
}

} // namespace

void mount_views() {
    const auto mark = std::string{node_files} + "/layers/views";
    if (::access(mark.c_str(), F_OK) == 0) {
        return;
    }
    mount_terminals();
    mount_kernel_views();
    const UniqueFd file{
        check(::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), "create {}", mark)};
}

} // namespace netlab
