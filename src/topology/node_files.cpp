#include "base/quote.h"
#include "topology/node_paths.h"
#include "topology/node_values.h"

#include <algorithm>
#include <system_error>
#include <unordered_map>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view bind_form =
    "a bind looks like \"site:/srv/www\" or \"/usr/share:/data:ro\"";

std::optional<std::string> read_bind_source(std::string_view text, Span span, Input& input) {
    const auto path = host_path(text, span, input);
    if (!path) {
        return std::nullopt;
    }
    std::error_code error;
    if (!std::filesystem::exists(*path, error)) {
        input.diagnostics.error(
            span,
            fmt::format("the host has no {}{}", quoted(path->string()),
                        error ? ": " + error.message() : ""),
            text.front() == '/' ? "" : "relative paths start from the topology file's directory");
        return std::nullopt;
    }
    return path->string();
}

std::optional<Bind> read_bind(const Value& value, Input& input) {
    const auto* text = want_string(value, "a bind", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto colon = text->find(':');
    const auto second = colon == std::string::npos ? colon : text->find(':', colon + 1);
    const auto option =
        second == std::string::npos ? "ro" : std::string_view{*text}.substr(second + 1);
    if (colon == std::string::npos || colon == 0 || option != "ro") {
        input.diagnostics.error(value.span, fmt::format("{} is not a bind", quoted(*text)),
                                option == "rw" ? "binds are writable unless they end in ':ro'"
                                               : std::string{bind_form});
        return std::nullopt;
    }
    const auto source =
        read_bind_source(std::string_view{*text}.substr(0, colon), value.span, input);
    const auto target_text = std::string_view{*text}.substr(
        colon + 1, second == std::string::npos ? second : second - colon - 1);
    const auto target = node_target(target_text, value.span, "the bind's place in the node", input);
    if (!source || !target) {
        return std::nullopt;
    }
    return Bind{*source, *target, second != std::string::npos, value.span};
}

std::optional<std::string> read_file_text(const Member& member, Input& input) {
    if (const auto* text = member.value.as_string()) {
        return *text;
    }
    const auto* map = member.value.as_map();
    if (map == nullptr) {
        refuse_type(member.value, fmt::format("the file {}", quoted(member.key)),
                    "its text or { \"from\": path }", input);
        return std::nullopt;
    }
    Fields fields{*map, fmt::format("the file {}", quoted(member.key)), input};
    const auto* from = fields.take("from");
    fields.refuse_rest();
    if (from == nullptr && !fields.has_near("from")) {
        input.diagnostics.error(member.value.span,
                                fmt::format("the file {} needs 'from'", quoted(member.key)),
                                "write its text as a string, or { \"from\": path }");
        return std::nullopt;
    }
    const auto* path = from == nullptr ? nullptr : want_string(from->value, "'from'", input);
    return path == nullptr ? std::nullopt
                           : read_host_file(*path, from->value.span, input, "use 'binds' for it");
}

/// Keeps the first of each path, with an error for every other.
template <typename T, typename Path>
void refuse_repeated(std::vector<T>& entries, std::string_view what, Path path, Input& input) {
    std::unordered_map<std::string, Span> first;
    std::erase_if(entries, [&](const T& entry) {
        const auto [seen, is_new] = first.try_emplace(path(entry), entry.span);
        if (!is_new) {
            input.diagnostics
                .error(entry.span, fmt::format("{} {} is there twice", what, quoted(path(entry))))
                .notes.push_back({seen->second, "first used here"});
        }
        return !is_new;
    });
}

} // namespace

std::optional<std::string> read_workdir(const Value& value, Input& input) {
    const auto* text = want_string(value, "'workdir'", input);
    return text == nullptr ? std::nullopt : node_path(*text, value.span, "'workdir'", input);
}

std::optional<RootRequest> read_root(const Value& value, Input& input) {
    const auto* text = want_string(value, "'root'", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    if (*text == "host") {
        return RootRequest{{}, value.span};
    }
    const auto path = read_bind_source(*text, value.span, input);
    if (!path) {
        return std::nullopt;
    }
    std::error_code error;
    if (!std::filesystem::is_directory(*path, error) || *path == "/") {
        input.diagnostics.error(
            value.span,
            *path == "/" ? "the root of a node cannot be the host's '/'"
                         : fmt::format("{} is not a directory", quoted(*path)),
            "name a directory that holds a root file system, or \"host\" for the host's own");
        return std::nullopt;
    }
    return RootRequest{*path, value.span};
}

std::vector<Bind> read_binds(const Value& value, Input& input) {
    std::vector<Bind> binds;
    const auto* list = want_list(value, "'binds'", input);
    for (const auto& item : list == nullptr ? List{} : *list) {
        if (auto bind = read_bind(item, input)) {
            binds.push_back(std::move(*bind));
        }
    }
    refuse_repeated(
        binds, "the mount target", [](const Bind& b) { return b.node_path; }, input);
    return binds;
}

std::vector<PrivateDirectory> read_private(const Value& value, Input& input) {
    std::vector<PrivateDirectory> directories;
    const auto* list = want_list(value, "'private'", input);
    for (const auto& item : list == nullptr ? List{} : *list) {
        const auto* text = want_string(item, "a private directory", input);
        if (text == nullptr) {
            continue;
        }
        if (auto path = node_target(*text, item.span, "the private directory", input)) {
            directories.push_back({std::move(*path), item.span});
        }
    }
    refuse_repeated(
        directories, "the mount target", [](const PrivateDirectory& d) { return d.path; }, input);
    return directories;
}

std::vector<FileRequest> read_files(const Value& value, Input& input) {
    std::vector<FileRequest> files;
    const auto* map = want_map(value, "'files'", input, "{ \"/etc/motd\": \"hello\\n\" }");
    for (const auto& member : map == nullptr ? std::vector<Member>{} : map->members) {
        auto path = node_target(member.key, member.key_span, "the file", input);
        auto text = read_file_text(member, input);
        if (path && text) {
            files.push_back({std::move(*path), std::move(*text), member.key_span});
        }
    }
    refuse_repeated(
        files, "the file", [](const FileRequest& f) { return f.path; }, input);
    return files;
}

} // namespace netlab
