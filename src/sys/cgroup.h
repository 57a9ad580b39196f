#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace netlab {

/// Where this process finds cgroup v2 (cgroups(7)).
struct CgroupPlace {
    std::string mount; ///< where the file system is mounted
    std::string own;   ///< the directory of this process's cgroup
};

/// nullopt where there is no cgroup v2, or this process's own cgroup is out of sight.
std::optional<CgroupPlace> find_cgroup();

/// Where this process finds the hierarchy of a controller of cgroup v1, as hosts have beside v2;
/// nullopt where that has none.
std::optional<CgroupPlace> find_cgroup_v1(const std::string& controller);

/// Whether a file of one word a blank, as cgroup.controllers, has that word.
bool has_word(const std::string& path, std::string_view word);

/// Removes a cgroup and all below it. The kernel does not do so when their last process ends, and
/// refuses it before: tried again until `patience` is over. False if something is left.
bool remove_cgroups(const std::string& directory,
                    std::chrono::milliseconds patience = std::chrono::milliseconds{0});

/// Stops every process of a cgroup and of those below it, or lets them go on. Throws
/// std::system_error, and std::runtime_error if after `patience` some have not stopped; then all go
/// on.
void freeze_cgroup(const std::string& directory, bool frozen,
                   std::chrono::milliseconds patience = std::chrono::seconds{10});

/// Whether that was done last.
bool is_frozen(const std::string& directory);

} // namespace netlab
