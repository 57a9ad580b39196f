#include "image/shadow.h"

#include "base/number.h"
#include "base/split.h"
#include "sys/check.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <string_view>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

/// A line `NAME REST` for each line `NAME:…` of the file.
std::string lines_for(const std::string& file, std::string_view rest) {
    const auto lines = read_file_or(file, "");
    std::string text;
    for (const auto line : split(lines, '\n')) {
        if (const auto colon = line.find(':'); colon != std::string_view::npos && colon > 0) {
            text.append(line.substr(0, colon)).append(rest) += '\n';
        }
    }
    return text;
}

void make_shadow_file(const std::string& path, std::string_view text, gid_t group) {
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
    if (!file && errno == EEXIST) {
        return;
    }
    check(file.get(), "create {}", path);
    check(::write(file.get(), text.data(), text.size()), "write {}", path);
    std::ignore = ::fchown(file.get(), 0, group); // in a lab with one id it is root's alone
    check(::fchmod(file.get(), 0640), "set the mode of {}", path);
}

/// The number of group shadow, or root's.
gid_t shadow_group(const std::string& etc) {
    const auto groups = read_file_or(etc + "/group", "");
    for (auto line : split(groups, '\n')) {
        if (cut_off(line, ':') == "shadow") {
            cut_off(line, ':'); // its password
            return to_number<gid_t>(cut_off(line, ':')).value_or(0);
        }
    }
    return 0;
}

} // namespace

void make_shadow_files(const std::string& etc) {
    const auto group = shadow_group(etc);
    make_shadow_file(etc + "/shadow", lines_for(etc + "/passwd", ":*:19000:0:99999:7:::"), group);
    make_shadow_file(etc + "/gshadow", lines_for(etc + "/group", ":*::"), group);
}

} // namespace netlab
