#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <sys/types.h>

namespace netlab {

/// Whose the files of the host are, as the host numbers users and groups: those below the layered
/// directories that are not root's.
using Owners = std::map<std::string, std::pair<uid_t, gid_t>>;

/// Asks the host, so to be called in its user namespace: in a lab's, owners that have no number
/// there cannot be told apart. Leaves out what it may not see.
Owners read_owners();

/// Whose `path`, of which lstat(2) says `status` in a lab's user namespace, is in the nodes: the
/// owner's number on the host is his number there, too. Root's, if there is none.
std::pair<uid_t, gid_t> owner_in_lab(const Owners& owners, const std::string& path,
                                     const struct stat& status);

/// For the way from one process to another.
std::string to_text(const Owners& owners);
Owners parse_owners(std::string_view text);

} // namespace netlab
