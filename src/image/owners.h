#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

namespace netlab {

/// Whose the files of the host are, as the host numbers users and groups: those below the layered
/// directories that are not root's.
using Owners = std::map<std::string, std::pair<uid_t, gid_t>>;

/// Asks the host, so to be called in its user namespace: in a lab's, owners that have no number
/// there cannot be told apart. Leaves out what it may not see.
Owners read_owners();

/// For the way from one process to another.
std::string to_text(const Owners& owners);
Owners parse_owners(std::string_view text);

} // namespace netlab
