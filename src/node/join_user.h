#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A user as a node's /etc/passwd and /etc/group describe it.
struct NodeUser {
    std::string name; ///< empty: an id without an entry
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< supplementary, without gid
    std::string home = "/";
    std::string shell = "/bin/sh";
};

/// Finds `wanted` (`name`, `id`, `name:group`, `id:gid`; empty: root) in the texts of passwd(5) and
/// group(5). An id need not be listed. Lines that are not of that form are passed over. Throws
/// std::invalid_argument.
NodeUser find_user(std::string_view wanted, std::string_view passwd, std::string_view group);

} // namespace netlab
