#pragma once

#include <string>

namespace netlab {

/// The file of a sysctl under /proc/sys: dots and slashes both separate, and the first of either
/// that occurs is the separator, as in sysctl(8): `net.ipv4.conf.eth0/1.forwarding` is interface
/// `eth0.1`.
std::string sysctl_path(const std::string& name);

/// Writes a sysctl of the calling process's namespaces. Throws std::system_error.
void write_sysctl(const std::string& name, const std::string& value);

/// The same, but does nothing if the kernel has no such sysctl.
void write_sysctl_if_there(const std::string& name, const std::string& value);

/// Whether the kernel has it (a sysctl of an interface exists once the interface does).
bool sysctl_exists(const std::string& name);

} // namespace netlab
