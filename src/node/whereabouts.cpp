#include "node/whereabouts.h"

#include "image/layered.h"
#include "image/layers.h"
#include "sys/text_file.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace netlab {

namespace {

/// The number behind a label in a file of /proc, 0 if there is none.
pid_t number_in(const std::string& file, std::string_view label) {
    const auto text = "\n" + read_file_or(file, "");
    const auto at = text.find(fmt::format("\n{}:\t", label));
    return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + label.size() + 3);
}

/// The lab's root, on which the layers of its nodes lie, is that of the supervisor, the parent of
/// the node's PID 1.
std::string lab_root(int pidfd) {
    const auto init = number_in(fmt::format("/proc/self/fdinfo/{}", pidfd), "Pid");
    return fmt::format("/proc/{}/root", number_in(fmt::format("/proc/{}/status", init), "PPid"));
}

bool may_be_layered(std::string_view path) {
    return std::ranges::any_of(layered,
                               [&](const Layered& one) { return path.starts_with(one.path); });
}

} // namespace

bool Whereabouts::is(const char* other) const {
    struct ::stat there {};
    return ::stat(other, &there) == 0 && there.st_dev == about_.st_dev &&
           there.st_ino == about_.st_ino;
}

void Whereabouts::look(int pidfd) {
    if (::getcwd(path_.data(), path_.size()) == nullptr || path_[0] != '/' ||
        ::stat(".", &about_) != 0) {
        path_[0] = '\0';
        return;
    }
    // It costs a few files of /proc.
    lab_has_it_ = may_be_layered(path_.data()) && is((lab_root(pidfd) + path_.data()).c_str());
}

bool Whereabouts::enter() const {
    // The same path can be another directory there: an overlay, or a /tmp of the node's own. And a
    // layer has other numbers than the lab's directory that it lies on.
    return path_[0] == '/' && ::chdir(path_.data()) == 0 &&
           (is(".") || (lab_has_it_ && is_on_layer()));
}

} // namespace netlab
