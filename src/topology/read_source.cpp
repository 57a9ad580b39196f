#include "base/quote.h"
#include "topology/load_topology.h"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::uintmax_t largest_source = 64U << 20U;

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view why,
                         std::string hint = {}) {
    throw InputError{fmt::format("cannot read the topology {}: {}", quoted(path.string()), why),
                     std::move(hint)};
}

} // namespace

Source read_source(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        refuse(path, error ? error.message() : "no such file");
    }
    if (std::filesystem::is_directory(status)) {
        refuse(path, "it is a directory", "give the file in it");
    }
    constexpr auto too_large = "it is larger than 64 MiB";
    if (std::filesystem::is_regular_file(status) &&
        std::filesystem::file_size(path, error) > largest_source) {
        refuse(path, too_large);
    }
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        refuse(path, "it cannot be opened", "do you have permission to read it?");
    }
    // Not by its size: a pipe (`netlab check <(generate)`) has none.
    std::string text;
    std::string chunk(1U << 20U, '\0');
    while (file) {
        file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        text.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
        if (text.size() > largest_source) {
            refuse(path, too_large);
        }
    }
    if (file.bad()) {
        refuse(path, "reading it failed");
    }
    return Source{path.string(), std::move(text)};
}

} // namespace netlab
