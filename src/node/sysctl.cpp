#include "node/sysctl.h"

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace netlab {

std::string sysctl_path(const std::string& name) {
    auto path = name;
    const auto first = path.find_first_of("./");
    if (first != std::string::npos && path[first] == '.') {
        std::ranges::for_each(path, [](char& c) { c = c == '.' ? '/' : c == '/' ? '.' : c; });
    }
    return "/proc/sys/" + path;
}

namespace {

/// 0, or the errno that says why not.
int try_to_write(const std::string& name, const std::string& value) {
    const UniqueFd file{::open(sysctl_path(name).c_str(), O_WRONLY | O_CLOEXEC)};
    return file && ::write(file.get(), value.data(), value.size()) >= 0 ? 0 : errno;
}

} // namespace

void write_sysctl_if_there(const std::string& name, const std::string& value) {
    if (const int error = try_to_write(name, value); error != 0 && error != ENOENT) {
        throw_errno(error, fmt::format("set sysctl {} to '{}'", name, value));
    }
}

void write_sysctl(const std::string& name, const std::string& value) {
    if (const int error = try_to_write(name, value); error != 0) {
        const char* why = error == ENOENT ? " (this kernel has no such sysctl in a node)"
                          : error == EACCES || error == EPERM
                              ? " (it is one for the whole machine, which a node must not change)"
                              : "";
        throw_errno(error, fmt::format("set sysctl {} to '{}'{}", name, value, why));
    }
}

bool sysctl_exists(const std::string& name) {
    return ::access(sysctl_path(name).c_str(), F_OK) == 0;
}

} // namespace netlab
