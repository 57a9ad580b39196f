#pragma once

#include <filesystem>
#include <set>

#include <sys/types.h>

namespace netlab {

/// The host's directories that a node can write to: what a mount needs is not made there, and no
/// file of theirs is written, for it would stay on the host.
class HostPlaces {
public:
    /// `path`, where a writable bind has just been attached, and every mount that came with it.
    /// Throws std::system_error.
    void add(const std::filesystem::path& path);

    /// Whether what is made in that directory would be on the host. Throws std::system_error.
    bool hold(const std::filesystem::path& directory) const;

private:
    std::set<dev_t> devices_;
};

} // namespace netlab
