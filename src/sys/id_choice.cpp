#include "sys/id_choice.h"

#include "base/number.h"
#include "base/split.h"
#include "sys/check.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include <pwd.h>
#include <unistd.h>

namespace netlab {

namespace {

// Ids that systemd's allocation leaves free for others (systemd.io/UIDS-GIDS): above its container
// ranges, below 2^31.
constexpr std::uint32_t root_range_base = 0x70000000;
constexpr std::uint32_t range_size = 65536;

// What useradd(8) gives out (SUB_UID_MIN and SUB_UID_MAX of login.defs(5)).
constexpr std::uint32_t subordinate_base = 100'000;
constexpr std::uint32_t subordinate_end = 600'100'001;

bool is_initial_map(const IdMap& map) {
    return map == IdMap{{0, 0, 4294967295U}};
}

std::string user_name() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

bool on_path(const std::string& program) {
    static constexpr std::array places{"/usr/bin/", "/bin/", "/usr/local/bin/", "/usr/sbin/"};
    return std::ranges::any_of(
        places, [&](const char* place) { return ::access((place + program).c_str(), X_OK) == 0; });
}

IdMap with_subordinates(std::uint32_t own, const IdMap& subordinate) {
    IdMap map{{0, own, 1}};
    std::uint32_t inside = 1;
    for (const auto& extent : subordinate) {
        const auto count = std::min(extent.count, range_size + 1 - inside);
        if (count > 0) {
            map.push_back({inside, extent.outside, count});
            inside += count;
        }
    }
    return map;
}

IdMaps single_id(const std::string& why, std::string cure) {
    return {{{0, ::geteuid(), 1}},
            {{0, ::getegid(), 1}},
            IdMaps::Writer::single,
            "nodes have one user id: " + why,
            std::move(cure)};
}

/// The ranges of whoever `is_wanted`; lines that are not `owner:start:count` are passed over.
IdMap subordinate_ids(std::string_view text,
                      const std::function<bool(std::string_view owner)>& is_wanted) {
    IdMap map;
    for (auto line : split(text, '\n')) {
        const auto owner = cut_off(line, ':');
        const auto start = to_number<std::uint32_t>(cut_off(line, ':'));
        const auto count = to_number<std::uint32_t>(line);
        if (start && count && *count > 0 && is_wanted(owner)) {
            map.push_back({0, *start, *count});
        }
    }
    return map;
}

/// What root has to do for the user to have more than one id.
std::string advice_for(const std::string& user, std::string_view subuid, std::string_view subgid) {
    const auto start = free_subordinate_range(subuid, subgid);
    if (!start) {
        return "as root, give a range of 65536 ids that nobody has";
    }
    const auto range = fmt::format("{}-{}", *start, *start + range_size - 1);
    return fmt::format("as root: usermod --add-subuids {} --add-subgids {} {}", range, range, user);
}

IdMaps ordinary_user_maps() {
    const auto name = user_name();
    const auto subuid = read_file_or("/etc/subuid", "");
    const auto subgid = read_file_or("/etc/subgid", "");
    const auto uids = parse_subordinate_ids(subuid, name, ::geteuid());
    const auto gids = parse_subordinate_ids(subgid, name, ::geteuid());
    if (uids.empty() || gids.empty()) {
        return single_id(fmt::format("{} has no range in /etc/subuid and /etc/subgid", name),
                         advice_for(name, subuid, subgid));
    }
    if (!on_path("newuidmap") || !on_path("newgidmap")) {
        return single_id("newuidmap is not installed", "Debian: apt install uidmap");
    }
    return {with_subordinates(::geteuid(), uids), with_subordinates(::getegid(), gids),
            IdMaps::Writer::shadow, ""};
}

std::vector<std::string> map_command(const char* program, pid_t pid, const IdMap& map) {
    std::vector<std::string> argv{program, std::to_string(pid)};
    for (const auto& [inside, outside, count] : map) {
        argv.insert(argv.end(),
                    {std::to_string(inside), std::to_string(outside), std::to_string(count)});
    }
    return argv;
}

std::string trimmed(std::string text) {
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

} // namespace

IdMap parse_subordinate_ids(std::string_view text, const std::string& user, std::uint32_t id) {
    return subordinate_ids(text, [&, number = std::to_string(id)](std::string_view owner) {
        return owner == user || owner == number;
    });
}

std::optional<std::uint32_t> free_subordinate_range(std::string_view subuid,
                                                    std::string_view subgid) {
    const auto any = [](std::string_view) { return true; };
    auto taken = subordinate_ids(subuid, any);
    const auto gids = subordinate_ids(subgid, any);
    taken.insert(taken.end(), gids.begin(), gids.end());
    std::ranges::sort(taken, {}, &IdExtent::outside);
    std::uint64_t start = subordinate_base;
    for (const auto& extent : taken) {
        if (start + range_size > extent.outside) {
            start = std::max(start, std::uint64_t{extent.outside} + extent.count);
        }
    }
    if (start + range_size > subordinate_end) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(start);
}

IdMaps choose_id_maps() {
    if (::geteuid() != 0) {
        return ordinary_user_maps();
    }
    const auto uids = parse_id_map(read_file("/proc/self/uid_map"));
    const auto gids = parse_id_map(read_file("/proc/self/gid_map"));
    if (is_initial_map(uids) && is_initial_map(gids)) {
        // Never the host's own ids: the kernel guards /proc/sys and /sys by id, and a node whose
        // root is the host's could write there.
        const IdMap shifted{{0, root_range_base, range_size}};
        return {shifted, shifted, IdMaps::Writer::kernel, ""};
    }
    // Root of a container: its own ids are already somebody else's on the host.
    return {identity_of(uids), identity_of(gids), IdMaps::Writer::kernel, ""};
}

void write_id_maps(pid_t pid, IdMaps& maps) {
    if (maps.writer == IdMaps::Writer::shadow) {
        std::string complaint;
        if (run_program(map_command("newuidmap", pid, maps.uids), complaint) == 0 &&
            run_program(map_command("newgidmap", pid, maps.gids), complaint) == 0) {
            return;
        }
        maps = single_id(trimmed(complaint), "");
    }
    if (maps.writer == IdMaps::Writer::single) {
        write_file(fmt::format("/proc/{}/setgroups", pid), "deny");
    }
    write_id_map_files(pid, to_text(maps.uids), to_text(maps.gids));
}

} // namespace netlab
