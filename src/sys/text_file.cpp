#include "sys/text_file.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <climits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t largest_small_file = 1UL << 20U;

bool read_into(std::string& text, int fd) {
    std::array<char, 16384> buffer; // NOLINT(*-member-init): read(2) fills it
    ssize_t n = 0;
    while ((n = ::read(fd, buffer.data(), buffer.size())) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return n == 0;
}

void write_all(int fd, std::string_view text, const std::string& name) {
    while (!text.empty()) {
        const auto n = check(::write(fd, text.data(), text.size()), "write {}", name);
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

std::string path_of(const UniqueFd& directory) {
    std::array<char, PATH_MAX> path{};
    const auto link = fmt::format("/proc/self/fd/{}", directory.get());
    const auto size = ::readlink(link.c_str(), path.data(), path.size());
    return size > 0 ? std::string{path.data(), static_cast<std::size_t>(size)} : link;
}

} // namespace

std::string read_file(const std::string& path) {
    const UniqueFd file{check(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open {}", path)};
    std::string text;
    check(read_into(text, file.get()) ? 0 : -1, "read {}", path);
    return text;
}

std::string read_file_or(const std::string& path, std::string otherwise) {
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    std::string text;
    if (file && read_into(text, file.get())) {
        return text;
    }
    return otherwise;
}

std::string small_file(const char* path) {
    const UniqueFd file{::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct ::stat about {};
    if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
        return {};
    }
    const auto size =
        std::clamp<std::size_t>(static_cast<std::size_t>(about.st_size), 0, largest_small_file);
    std::string text(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        const auto got = ::read(file.get(), text.data() + filled, size - filled);
        if (got <= 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
    return text;
}

void write_file(const std::string& path, std::string_view text) {
    const UniqueFd file{check(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open {}", path)};
    check(::write(file.get(), text.data(), text.size()), "write {}", path);
}

void replace_file(const UniqueFd& directory, const std::string& name, std::string_view text) {
    const auto temporary = "." + name + ".new";
    const auto path = path_of(directory) + "/" + name; // for a person to read
    const UniqueFd file{check(::openat(directory.get(), temporary.c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600),
                              "create a new {}", path)};
    write_all(file.get(), text, path);
    check(::fsync(file.get()), "write {} to disk", path);
    check(::renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()),
          "put a new {} in the place of the old one", path);
}

} // namespace netlab
