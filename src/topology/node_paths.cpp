#include "topology/node_paths.h"

#include "base/quote.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t longest_path = 4095;     ///< PATH_MAX - 1
constexpr std::size_t longest_component = 255; ///< NAME_MAX
constexpr std::size_t largest_file = 16U << 20U;

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// What is wrong with the spelling of any path, or empty.
std::string why_not_path(std::string_view text) {
    if (text.empty()) {
        return "is empty";
    }
    if (text.size() > longest_path) {
        return fmt::format("is longer than {} bytes", longest_path);
    }
    return has_control_character(text) ? "holds a control character" : "";
}

bool is_under(std::string_view path, std::string_view top) {
    return path == top || (path.starts_with(top) && path[top.size()] == '/');
}

bool is_of_the_kernel(const std::filesystem::path& path) {
    std::error_code error;
    const auto real = std::filesystem::canonical(path, error).string();
    return is_under(real, "/proc") || is_under(real, "/sys");
}

} // namespace

std::optional<std::string> node_path(std::string_view text, Span span, std::string_view what,
                                     Input& input) {
    const auto refuse = [&](std::string_view why, std::string hint) {
        input.diagnostics.error(span, fmt::format("{} {} {}", what, quoted(text), why),
                                std::move(hint));
        return std::nullopt;
    };
    if (const auto why = why_not_path(text); !why.empty()) {
        return refuse(why, "");
    }
    if (text.front() != '/') {
        return refuse("is not absolute", text.front() == '~'
                                             ? "'~' is not expanded; write the path out"
                                             : "paths in a node begin with '/'");
    }
    std::string path;
    while (!text.empty()) {
        const auto slash = std::min(text.find('/'), text.size());
        const auto part = text.substr(0, slash);
        text.remove_prefix(std::min(slash + 1, text.size()));
        if (part == "..") {
            input.diagnostics.error(span, fmt::format("{} may not contain '..'", what),
                                    "write the path without it");
            return std::nullopt;
        }
        if (part.size() > longest_component) {
            input.diagnostics.error(
                span, fmt::format("{} has a part of more than {} bytes", what, longest_component));
            return std::nullopt;
        }
        if (!part.empty() && part != ".") {
            path += '/';
            path += part;
        }
    }
    return path.empty() ? "/" : path;
}

std::optional<std::string> node_target(std::string_view text, Span span, std::string_view what,
                                       Input& input) {
    auto path = node_path(text, span, what, input);
    if (!path) {
        return std::nullopt;
    }
    if (*path == "/") {
        input.diagnostics.error(span, fmt::format("{} may not be '/'", what),
                                "name a directory below it");
        return std::nullopt;
    }
    constexpr std::array<std::string_view, 4> provided{"/proc", "/sys", "/dev", "/.netlab"};
    for (const auto top : provided) {
        if (is_under(*path, top)) {
            input.diagnostics.error(span,
                                    fmt::format("{} {} is inside {}, which netlab provides itself",
                                                what, quoted(*path), top));
            return std::nullopt;
        }
    }
    return path;
}

std::optional<std::filesystem::path> host_path(std::string_view text, Span span, Input& input) {
    if (const auto why = why_not_path(text); !why.empty()) {
        input.diagnostics.error(span, fmt::format("the host path {} {}", quoted(text), why));
        return std::nullopt;
    }
    if (text.front() == '~' && (text.size() == 1 || text[1] == '/')) {
        input.diagnostics.error(
            span,
            fmt::format("the host path {} begins with '~', which is not expanded", quoted(text)),
            "write the path out, or relative to the topology file");
        return std::nullopt;
    }
    auto path = (input.directory / std::filesystem::path{text}).lexically_normal();
    if (!path.has_filename()) {
        path = path.parent_path(); // "dir/" is "dir"
    }
    return path;
}

std::optional<std::string> read_host_file(std::string_view text, Span span, Input& input,
                                          std::string_view larger) {
    const auto path = host_path(text, span, input);
    if (!path) {
        return std::nullopt;
    }
    const auto hint =
        text.front() == '/' ? "" : "relative paths start from the topology file's directory";
    const auto refuse = [&](std::string_view why, std::string_view what_to_do) {
        input.diagnostics.error(
            span, fmt::format("cannot read the file {}: {}", quoted(path->string()), why),
            std::string{what_to_do});
        return std::nullopt;
    };
    std::error_code error;
    const auto status = std::filesystem::status(*path, error);
    if (!std::filesystem::exists(status)) {
        return refuse(error ? error.message() : "it does not exist", hint);
    }
    if (!std::filesystem::is_regular_file(status)) {
        return refuse("it is not a regular file", hint);
    }
    const auto size = std::filesystem::file_size(*path, error);
    if (size == 0 && is_of_the_kernel(*path)) {
        return refuse("the kernel makes its text as it is read, and it may have no end",
                      "copy what is wanted into a file");
    }
    std::ifstream file{*path, std::ios::binary};
    std::string content(size == 0 ? 0 : largest_file + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.is_open() || file.bad()) {
        return refuse("it cannot be read", hint);
    }
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > largest_file) {
        return refuse("it is larger than 16 MiB", larger);
    }
    content.shrink_to_fit();
    return content;
}

} // namespace netlab
