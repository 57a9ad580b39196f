#include "control/program_file.h"

#include "sys/unique_fd.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t most_segments = 64;
constexpr std::size_t most_bytes = 8192; ///< of a segment: notes and names are short

/// The kind of note by which Go knows its own programs (cmd/internal/buildid).
constexpr std::uint32_t go_build_id = 4;

template <class T>
bool read_at(const UniqueFd& file, std::uint64_t at, T& value) {
    return ::pread(file.get(), &value, sizeof value, static_cast<off_t>(at)) == sizeof value;
}

std::string bytes_of(const UniqueFd& file, const Elf64_Phdr& segment) {
    std::string bytes(std::min<std::size_t>(segment.p_filesz, most_bytes), '\0');
    const auto got =
        ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(segment.p_offset));
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
}

std::size_t padded(std::size_t size, std::size_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

bool has_go_note(std::string_view notes, std::size_t alignment) {
    while (notes.size() >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr header{};
        std::memcpy(&header, notes.data(), sizeof header);
        notes.remove_prefix(sizeof header);
        if (header.n_type == go_build_id && notes.starts_with("Go")) {
            return true;
        }
        const auto name = padded(header.n_namesz, 4);
        const auto whole = padded(name + header.n_descsz, alignment);
        notes.remove_prefix(std::min(whole, notes.size()));
    }
    return false;
}

std::vector<Elf64_Phdr> read_segments(const UniqueFd& file, const Elf64_Ehdr& header) {
    std::vector<Elf64_Phdr> segments(std::min<std::size_t>(header.e_phnum, most_segments));
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!read_at(file, header.e_phoff + i * header.e_phentsize, segments[i])) {
            return {};
        }
    }
    return segments;
}

constexpr unsigned char own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

} // namespace

std::string why_not_preloadable(const std::string& path) {
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    Elf64_Ehdr header{};
    if (!file || !read_at(file, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        return {};
    }
    if (header.e_ident[EI_CLASS] != own_class) {
        return "it is a program of 32 bits";
    }
    std::string interpreter;
    for (const auto& segment : read_segments(file, header)) {
        if (segment.p_type == PT_NOTE && has_go_note(bytes_of(file, segment), segment.p_align)) {
            return "it is written in Go";
        }
        if (segment.p_type == PT_INTERP) {
            interpreter = bytes_of(file, segment);
        }
    }
    if (interpreter.empty()) {
        return "it is static";
    }
    return interpreter.find("musl") != std::string::npos ? "its libc is not glibc" : "";
}

} // namespace netlab
