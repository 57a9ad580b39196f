#include "node/join_inside.h"

#include <string_view>

namespace netlab {

namespace {

using namespace std::string_view_literals;

constexpr auto default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"sv;

bool is_passed_on(std::string_view name, bool terminal) {
    return name == "LANG"sv || name == "LANGUAGE"sv || name.substr(0, 3) == "LC_"sv ||
           (terminal && (name == "TERM"sv || name == "COLORTERM"sv));
}

} // namespace

std::vector<std::string> command_environment(const JoinRequest& request, const NodeUser& user,
                                             const char* const* caller, bool terminal) {
    std::map<std::string, std::string, std::less<>> all{
        {"PATH", std::string{default_path}}, {"HOME", user.home}, {"SHELL", user.shell}};
    if (!user.name.empty()) {
        all["USER"] = user.name;
        all["LOGNAME"] = user.name;
    }
    for (; caller != nullptr && *caller != nullptr; ++caller) {
        const std::string_view entry{*caller};
        const auto equals = entry.find('=');
        if (equals != std::string_view::npos && is_passed_on(entry.substr(0, equals), terminal)) {
            all[std::string{entry.substr(0, equals)}] = entry.substr(equals + 1);
        }
    }
    for (const auto& [name, value] : request.env) {
        all[name] = value;
    }
    std::vector<std::string> entries;
    entries.reserve(all.size());
    for (const auto& [name, value] : all) {
        entries.push_back(name + '=' + value);
    }
    return entries;
}

std::vector<std::string> command_candidates(const std::string& command,
                                            const std::vector<std::string>& environment) {
    if (command.empty()) {
        return {};
    }
    if (command.find('/') != std::string::npos) {
        return {command};
    }
    std::string_view path;
    for (const auto& entry : environment) {
        if (entry.rfind("PATH=", 0) == 0) {
            path = std::string_view{entry}.substr(5);
        }
    }
    std::vector<std::string> candidates;
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find(':', begin), path.size());
        const auto directory = path.substr(begin, end - begin);
        // An empty entry of PATH is the working directory.
        candidates.push_back(directory.empty() ? "./" + command
                                               : std::string{directory} + '/' + command);
        begin = end + 1;
    }
    return candidates;
}

} // namespace netlab
