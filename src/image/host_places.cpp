#include "image/host_places.h"

#include "sys/check.h"
#include "sys/mounts.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace netlab {

namespace {

dev_t device_of(const std::filesystem::path& path) {
    struct stat status {};
    check(::stat(path.c_str(), &status), "look at {}", path.string());
    return status.st_dev;
}

} // namespace

void HostPlaces::add(const std::filesystem::path& path) {
    devices_.insert(device_of(path));
    for (const auto& point : mount_points()) {
        struct stat status {};
        if (point.starts_with(path.string() + "/") && ::stat(point.c_str(), &status) == 0) {
            devices_.insert(status.st_dev);
        }
    }
}

bool HostPlaces::hold(const std::filesystem::path& directory) const {
    if (devices_.empty() || !devices_.contains(device_of(directory))) {
        return false;
    }
    // The same file systems are shown read-only all over a node. Not access(2): of a directory that
    // is not the caller's either it says so instead.
    struct statvfs about {};
    check(::statvfs(directory.c_str(), &about), "look at {}", directory.string());
    return (about.f_flag & ST_RDONLY) == 0;
}

} // namespace netlab
