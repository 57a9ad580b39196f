#pragma once

#include "sys/id_map.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace netlab {

/// How the ids of a lab are mapped to the host's.
struct IdMaps {
    enum class Writer {
        kernel, ///< this process may write the map itself
        shadow, ///< newuidmap and newgidmap write it
        single, ///< this process may map its own id only, and must give up setgroups
    };

    IdMap uids;
    IdMap gids;
    Writer writer = Writer::kernel;
    /// Why nodes have one id only although more were wanted; empty if they have a range.
    std::string remark;
    std::string cure{}; ///< what would give them more; may be empty

    /// Both, for who reads only that.
    std::string advice() const { return cure.empty() ? remark : remark + " (" + cure + ")"; }
};

/// Ranges of `user` (a name or number) in the text of /etc/subuid or /etc/subgid (subuid(5)).
IdMap parse_subordinate_ids(std::string_view text, const std::string& user, std::uint32_t id);

/// The first of 65536 ids that nobody has in either text, from where useradd(8) begins; nothing if
/// there are none.
std::optional<std::uint32_t> free_subordinate_range(std::string_view subuid,
                                                    std::string_view subgid);

/// The maps that this user may have: root gets 65536 ids far from the host's own, an ordinary user
/// the ids of /etc/subuid, or one id where the host gives no more.
IdMaps choose_id_maps();

/// Maps ids of the user namespace of `pid`, a child of this process. Falls back to one id if
/// newuidmap refuses, and says so in `maps.remark`. Throws std::system_error when even that is
/// refused.
void write_id_maps(pid_t pid, IdMaps& maps);

} // namespace netlab
