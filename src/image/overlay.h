#pragma once

#include "image/host_places.h"

#include <string>
#include <string_view>

namespace netlab {

/// Where the lab keeps the files that it shows in /etc.
inline constexpr const char* own_files = "/.netlab";
/// Where each node keeps the tmpfs with all that it writes.
inline constexpr const char* node_files = "/.netlab/node";
/// Something there: `/.netlab/node/NAME`.
std::string own_path(std::string_view name);
/// The host's /etc without the files that the lab shows over it: a directory with mounts below it
/// that are not the node's cannot be the lower layer of a node's overlay (has_locked_children in
/// the kernel's fs/namespace.c).
inline constexpr const char* bare_etc = "/.netlab/bare-etc";

/// In a lab that has no way out there is no server to ask: names are in /etc/hosts.
inline constexpr std::string_view no_name_server =
    "# netlab: the lab has no name server; its names are in /etc/hosts\n";
/// The text of the lab's /etc/resolv.conf, as all its nodes see it.
inline constexpr const char* lab_resolv_conf = "/.netlab/resolv.conf";

/// A path as one of overlayfs's options takes it.
std::string escaped_option(const std::string& path);

/// Mounts a copy-on-write layer over `directory`; what is changed there is kept below `layer`, a
/// directory on a tmpfs of the caller's, empty or from such a layer over the same directory. What
/// is mounted below it stays. Works in a user namespace (overlayfs with `userxattr`, Linux 5.11);
/// where such a mount below is the host's own, the kernel refuses the overlay and the directory can
/// only be added to. Throws std::system_error.
void overlay_directory(const std::string& directory, const std::string& layer);

/// Makes sure that `path` exists as a directory, or with `as_file` as a file, to be mounted over or
/// written: what is missing is made in a copy-on-write layer over the nearest directory that
/// exists, directories with the mode 0755, and nothing in one of `host`'s. New layers are kept
/// below `layers`. Throws std::system_error, and std::runtime_error that says what is in the way.
void make_place(const std::string& path, bool as_file, const std::string& layers,
                const HostPlaces& host);

} // namespace netlab
