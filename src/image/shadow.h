#pragma once

#include <string>

namespace netlab {

/// Gives a copy of /etc at `etc` the files for passwords that belong to its users and groups
/// (shadow(5), gshadow(5)), nobody having one, if it has none: the host's are for its root alone,
/// and without them su(1), useradd(8) and sshd(8) refuse everybody. Throws std::system_error.
void make_shadow_files(const std::string& etc);

} // namespace netlab
