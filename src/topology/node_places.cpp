#include "topology/node_places.h"

#include "base/quote.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> own_files{"/etc/hosts", "/etc/hostname",
                                                    "/etc/resolv.conf"};

/// What is at a path; of a bind, as far as the host shows it to this user.
enum class Kind { directory, file, unknown };

struct Place {
    Span span;
    Kind kind = Kind::directory;
    const Bind* bind = nullptr;
};

Kind kind_of(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status)) {
        return Kind::unknown;
    }
    return fs::is_directory(status) ? Kind::directory : Kind::file;
}

bool is_missing(const fs::path& path) {
    std::error_code error;
    return fs::symlink_status(path, error).type() == fs::file_type::not_found;
}

class Places {
public:
    Places(const NodeSettings& settings, ReportOnce& once);

    void check() const;

private:
    void add(const std::string& path, const Place& place);
    void check(std::string_view path, const Place& place) const;
    void check_below(std::string_view path, const Place& place, std::string_view outer,
                     const Place& around) const;

    std::map<std::string_view, Place> places_;
    ReportOnce& once_;
};

Places::Places(const NodeSettings& settings, ReportOnce& once) : once_{once} {
    if (settings.binds) {
        for (const auto& bind : *settings.binds) {
            add(bind.node_path, {bind.span, kind_of(bind.host_path), &bind});
        }
    }
    if (settings.private_directories) {
        for (const auto& directory : *settings.private_directories) {
            add(directory.path, {directory.span, Kind::directory, nullptr});
        }
    }
    for (const auto& file : settings.files) {
        add(file.path, {file.span, Kind::file, nullptr});
    }
}

void Places::add(const std::string& path, const Place& place) {
    const auto [first, is_new] = places_.try_emplace(path, place);
    if (is_new) {
        return;
    }
    if (auto* error = once_.error(
            place.span, fmt::format("{} is used for two things in this node", quoted(path)))) {
        error->notes.push_back({first->second.span, "first used here"});
    }
}

void Places::check() const {
    for (const auto& [path, place] : places_) {
        check(path, place);
    }
}

void Places::check(std::string_view path, const Place& place) const {
    if (place.kind == Kind::directory && std::ranges::find(own_files, path) != own_files.end()) {
        once_.error(place.span,
                    fmt::format("{} is a file that netlab makes, not a directory", quoted(path)),
                    "only a file can take its place");
        return;
    }
    for (auto outer = path; outer.rfind('/') > 0;) {
        outer = outer.substr(0, outer.rfind('/'));
        if (const auto around = places_.find(outer); around != places_.end()) {
            check_below(path, place, outer, around->second);
            return;
        }
        if (std::ranges::find(own_files, outer) != own_files.end()) {
            once_.error(place.span,
                        fmt::format("{} cannot be there: {} is a file that netlab makes",
                                    quoted(path), quoted(outer)));
            return;
        }
    }
}

void Places::check_below(std::string_view path, const Place& place, std::string_view outer,
                         const Place& around) const {
    if (around.kind == Kind::file) {
        if (auto* error =
                once_.error(place.span, fmt::format("{} cannot be there: {} is a file in this node",
                                                    quoted(path), quoted(outer)))) {
            error->notes.push_back({around.span, "the file is here"});
        }
        return;
    }
    if (around.bind == nullptr || around.bind->read_only || around.kind == Kind::unknown) {
        return;
    }
    const auto on_host = around.bind->host_path + std::string{path.substr(outer.size())};
    if (is_missing(on_host)) {
        once_.error(place.span,
                    fmt::format("{} would have to be made on the host, as {}: {} is bound there "
                                "for writing",
                                quoted(path), quoted(on_host), quoted(outer)),
                    "make it there yourself, or bind the directory with ':ro'");
    }
}

} // namespace

void check_places(const NodeSettings& settings, ReportOnce& once) {
    Places{settings, once}.check();
}

} // namespace netlab
