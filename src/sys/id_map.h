#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A line of /proc/PID/uid_map (user_namespaces(7)).
struct IdExtent {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;

    bool operator==(const IdExtent&) const = default;
};
using IdMap = std::vector<IdExtent>;

/// The lines of /proc/PID/uid_map up to the first that is none.
IdMap parse_id_map(std::string_view text);
std::string to_text(const IdMap& map);

/// The map of a node's user namespace inside the lab's: every id of the lab to itself, extent by
/// extent (a line across extents is refused with EPERM).
IdMap identity_of(const IdMap& lab);

/// Writes uid_map and gid_map of `pid`. Throws std::system_error.
void write_id_map_files(pid_t pid, const std::string& uids, const std::string& gids);

} // namespace netlab
