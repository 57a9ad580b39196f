#include "node/join_user.h"

#include "base/number.h"
#include "base/split.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace netlab {

namespace {

std::optional<uid_t> to_id(std::string_view text) {
    const auto id = to_number<uid_t>(text);
    // (uid_t)-1 means "leave as it is" to setresuid.
    return id == static_cast<uid_t>(-1) ? std::nullopt : id;
}

struct GroupLine {
    std::string_view name;
    gid_t gid = 0;
    std::string_view members;
};

template <class Visit>
void each_group(std::string_view text, Visit visit) {
    while (!text.empty()) {
        auto line = cut_off(text, '\n');
        const auto name = cut_off(line, ':');
        cut_off(line, ':');
        if (const auto gid = to_id(cut_off(line, ':'))) {
            visit(GroupLine{name, *gid, line});
        }
    }
}

bool is_member(std::string_view members, std::string_view name) {
    while (!members.empty()) {
        if (cut_off(members, ',') == name) {
            return true;
        }
    }
    return false;
}

std::optional<NodeUser> passwd_entry(std::string_view wanted, std::string_view passwd) {
    const auto wanted_id = to_id(wanted);
    std::optional<NodeUser> by_id;
    while (!passwd.empty()) {
        auto line = cut_off(passwd, '\n');
        const auto name = cut_off(line, ':');
        cut_off(line, ':');
        const auto uid = to_id(cut_off(line, ':'));
        const auto gid = to_id(cut_off(line, ':'));
        const bool named = name == wanted;
        if (!uid || !gid || name.empty() || (!named && (by_id || uid != wanted_id))) {
            continue;
        }
        cut_off(line, ':');
        NodeUser user{std::string{name}, *uid, *gid, {}, std::string{cut_off(line, ':')},
                      std::string{line}};
        if (named) {
            return user;
        }
        by_id = std::move(user);
    }
    return by_id;
}

gid_t find_group(std::string_view wanted, std::string_view group) {
    auto found = to_id(wanted);
    each_group(group, [&](const GroupLine& line) {
        if (line.name == wanted) {
            found = line.gid;
        }
    });
    if (!found) {
        throw std::invalid_argument{
            fmt::format("there is no group \"{}\" in its /etc/group", wanted)};
    }
    return *found;
}

std::vector<gid_t> groups_of(const NodeUser& user, std::string_view group) {
    std::vector<gid_t> groups;
    each_group(group, [&](const GroupLine& line) {
        if (line.gid != user.gid && is_member(line.members, user.name) &&
            std::find(groups.begin(), groups.end(), line.gid) == groups.end()) {
            groups.push_back(line.gid);
        }
    });
    return groups;
}

} // namespace

NodeUser find_user(std::string_view wanted, std::string_view passwd, std::string_view group) {
    auto rest = wanted.empty() ? std::string_view{"0"} : wanted;
    const auto name = cut_off(rest, ':');
    auto user = passwd_entry(name, passwd);
    if (!user) {
        const auto id = to_id(name);
        if (!id && name != "root") {
            throw std::invalid_argument{
                fmt::format("there is no user \"{}\" in its /etc/passwd", name)};
        }
        user = NodeUser{};
        user->uid = id.value_or(0);
        user->gid = user->uid;
        if (user->uid == 0) {
            user->name = "root";
            user->home = "/root";
        }
    }
    if (user->home.empty()) {
        user->home = "/";
    }
    if (user->shell.empty()) {
        user->shell = "/bin/sh";
    }
    if (!rest.empty()) {
        user->gid = find_group(rest, group);
    }
    // Root has every power over the node's files as it is.
    if (user->uid != 0 && !user->name.empty()) {
        user->groups = groups_of(*user, group);
    }
    return *user;
}

} // namespace netlab
