#include "base/quote.h"
#include "topology/load_topology.h"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::uintmax_t largest_source = 64U << 20U;

/// What is read, for the errors.
struct File {
    const std::filesystem::path& path;
    std::string_view what;

    [[noreturn]] void refuse(std::string_view why, std::string hint = {}) const {
        throw InputError{fmt::format("cannot read the {} {}: {}", what, quoted(path.string()), why),
                         std::move(hint)};
    }
};

} // namespace

Source read_source(const std::filesystem::path& path, std::string_view what) {
    const File named{path, what};
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        named.refuse(error ? error.message() : "no such file");
    }
    if (std::filesystem::is_directory(status)) {
        named.refuse("it is a directory", "give the file in it");
    }
    constexpr auto too_large = "it is larger than 64 MiB";
    if (std::filesystem::is_regular_file(status) &&
        std::filesystem::file_size(path, error) > largest_source) {
        named.refuse(too_large);
    }
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        named.refuse("it cannot be opened", "do you have permission to read it?");
    }
    // Not by its size: a pipe (`netlab check <(generate)`) has none.
    std::string text;
    std::string chunk(1U << 20U, '\0');
    while (file) {
        file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        text.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
        if (text.size() > largest_source) {
            named.refuse(too_large);
        }
    }
    if (file.bad()) {
        named.refuse("reading it failed");
    }
    return Source{path.string(), std::move(text)};
}

} // namespace netlab
