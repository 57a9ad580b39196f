#include "lab/examine_host.h"

#include "lab/host_limits.h"
#include "lab/host_trials.h"
#include "lab/slirp.h"
#include "node/spawn.h"
#include "sys/cgroup.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

/// What an ability is for.
struct AbilityWords {
    const char* subject;
    Health without; ///< health of a host that does not have it
    const char* good;
    const char* bad;
    const char* cure;
};

constexpr std::array<std::pair<Ability, AbilityWords>, 11> all_words{{
    {Ability::namespaces,
     {"user namespaces", Health::missing, "a lab's namespaces can be made",
      "a lab's namespaces cannot be made", ""}},
    {Ability::network,
     {"network namespaces", Health::missing, "their interfaces can be set up",
      "their interfaces cannot be set up",
      "an AppArmor profile that allows netlab `userns,`, or as root: sysctl -w "
      "kernel.apparmor_restrict_unprivileged_userns=0"}},
    {Ability::mounts,
     {"mounts", Health::missing, "tmpfs and read-only mounts work",
      "a lab's file system cannot be mounted",
      "Linux 5.12 or later; in a container, one whose seccomp and AppArmor profiles allow "
      "mounts"}},
    {Ability::proc,
     {"/proc", Health::missing, "a lab has its own", "a lab cannot have its own",
      "something is mounted over a part of it, as in containers: run that with "
      "--security-opt systempaths=unconfined"}},
    {Ability::node,
     {"nodes", Health::missing, "namespaces in a lab's namespaces can be made",
      "namespaces in a lab's namespaces cannot be made",
      "as root: sysctl -w user.max_user_namespaces=N, and the other user.max_*_namespaces"}},
    {Ability::links,
     {"veth and bridge", Health::missing, "links and switches can be made",
      "links and switches cannot be made",
      "as root: modprobe veth bridge; the host's kernel needs both"}},
    {Ability::tap,
     {"TUN/TAP", Health::limited, "netlab's own wire can shape links",
      "no links with a trace, and none shaped where the kernel has no netem",
      "as root: modprobe tun, mknod /dev/net/tun c 10 200, chmod 0666 /dev/net/tun"}},
    {Ability::netem,
     {"netem", Health::limited, "the kernel can shape links",
      "links are shaped by netlab's own wire",
      "as root: modprobe sch_netem, of the package of the kernel's extra modules"}},
    {Ability::overlay,
     {"overlay", Health::limited, "nodes have writable layers over the host's files",
      "directories of the host are read-only in nodes",
      "Linux 5.11 or later; as root: modprobe overlay"}},
    {Ability::nat,
     {"nftables", Health::limited, "nodes can lead to the host's network",
      "no nodes of the kind internet", "as root: modprobe nf_tables nft_masq"}},
    {Ability::time,
     {"time namespaces", Health::limited, "a node's clocks can be shifted",
      "a node's clocks cannot be shifted", "Linux 5.6 or later with CONFIG_TIME_NS"}},
}};

const AbilityWords& words_of(Ability ability) {
    return std::ranges::find(all_words, ability, &std::pair<Ability, AbilityWords>::first)->second;
}

std::string cure_of(const Trial& trial, const AbilityWords& words) {
    if (trial.ability != Ability::namespaces) {
        return words.cure;
    }
    const auto why = explain_namespace_error(EPERM);
    return why.empty() ? "a kernel with CONFIG_USER_NS" : why;
}

Finding to_finding(const Trial& trial) {
    const auto& words = words_of(trial.ability);
    if (trial.refusal.empty()) {
        return {words.subject, Health::good, words.good, ""};
    }
    return {words.subject, words.without, fmt::format("{}: {}", words.bad, trial.refusal),
            cure_of(trial, words)};
}

Finding ids_finding(const Trial& namespaces) {
    if (namespaces.remark.empty()) {
        return {"user ids", Health::good, "nodes have many, so that programs can change theirs",
                ""};
    }
    constexpr const char* usual = "an entry for this user in /etc/subuid and /etc/subgid, and "
                                  "newuidmap (Debian: apt install uidmap)";
    return {"user ids", Health::limited, namespaces.remark,
            namespaces.cure.empty() ? usual : namespaces.cure};
}

Finding slirp_finding() {
    const auto path = find_slirp();
    if (!path.empty()) {
        return {"slirp4netns", Health::good,
                "an ordinary user's nodes can lead to the host's network", ""};
    }
    return {"slirp4netns", Health::limited,
            "an ordinary user's labs have no nodes of the kind internet",
            "Debian: apt install slirp4netns"};
}

/// Whether nodes can have limits: a cgroup that this user may divide, with the controllers.
Finding cgroup_finding() {
    constexpr const char* subject = "cgroups";
    const auto place = find_cgroup();
    if (!place) {
        return {subject, Health::limited, "no cgroup v2 is in sight: nodes cannot have limits",
                "as root: mount -t cgroup2 none /sys/fs/cgroup"};
    }
    const bool root = ::geteuid() == 0;
    const auto parent = root ? place->mount : place->own;
    const auto trial = fmt::format("{}/netlab-doctor.{}", parent, ::getpid());
    if (::mkdir(trial.c_str(), 0755) != 0) {
        return {subject, Health::limited,
                fmt::format("{} is not this user's to divide: nodes cannot have limits", parent),
                root ? "in a container: --cgroupns=private, and /sys/fs/cgroup mounted read-write"
                     : "systemd-run --user --scope -p Delegate=yes netlab up …"};
    }
    ::rmdir(trial.c_str());
    std::string lacking;
    for (const char* controller : {"cpu", "memory", "pids"}) {
        if (!has_word(parent + "/cgroup.controllers", controller)) {
            lacking += (lacking.empty() ? "" : ", ") + std::string{controller};
        }
    }
    if (!lacking.empty()) {
        return {subject, Health::limited,
                fmt::format("nodes cannot have limits of {}: {} does not have the controller",
                            lacking, parent),
                root ? "where cgroup v1 has it: boot with cgroup_no_v1=all; else another kernel"
                     : "as root: systemctl edit user@.service, [Service] Delegate=cpu memory pids"};
    }
    return {subject, Health::good, "nodes can have limits, and be paused", ""};
}

/// Fewer nodes than this are worth a word.
constexpr std::uint64_t many_nodes = 1000;

std::uint64_t of_node(Resource resource) {
    return resource == Resource::memory ? 500U << 10U : 1; // bytes: docs/performance.md
}

std::string subject_of(Resource resource) {
    switch (resource) {
    case Resource::namespaces:
        return "limit of namespaces";
    case Resource::processes:
        return "limit of processes";
    case Resource::open_files:
        return "limit of open files";
    case Resource::mounts:
        return "limit of mounts";
    case Resource::memory:
        break;
    }
    return "memory";
}

Finding to_finding(const HostLimit& limit) {
    const auto subject = subject_of(limit.resource);
    if (limit.resource == Resource::mounts || limit.resource == Resource::open_files) {
        constexpr std::uint64_t enough = 1024;
        const bool few = limit.left < enough;
        return {subject, few ? Health::limited : Health::good,
                fmt::format("{} {}: {} in each {}", limit.left, limit.name, few ? "few" : "enough",
                            limit.resource == Resource::mounts
                                ? "node"
                                : "process; a node takes none, one with services two, a wire two"),
                few ? limit.cure : ""};
    }
    const auto nodes = limit.left / of_node(limit.resource);
    const bool few = nodes < many_nodes;
    return {subject, few ? Health::limited : Health::good,
            fmt::format("enough for {} nodes ({})", nodes, limit.name), few ? limit.cure : ""};
}

/// Of each resource the limit that is met first.
std::vector<Finding> limit_findings() {
    std::map<Resource, HostLimit> lowest;
    for (auto& limit : host_limits()) {
        const auto known = lowest.find(limit.resource);
        if (known == lowest.end() || limit.left < known->second.left) {
            lowest.insert_or_assign(limit.resource, std::move(limit));
        }
    }
    std::vector<Finding> findings;
    for (const auto& [resource, limit] : lowest) {
        findings.push_back(to_finding(limit));
    }
    return findings;
}

Finding neighbour_finding() {
    constexpr std::uint64_t enough = 8192;
    const auto limit = neighbour_limit();
    if (limit == 0) {
        return {"neighbours", Health::good, "the host does not show how many it can have", ""};
    }
    const bool few = limit < enough;
    return {
        "neighbours", few ? Health::limited : Health::good,
        fmt::format("{} entries for all labs together: a node takes one for each neighbour that "
                    "it talks to",
                    limit),
        few ? "as root: sysctl -w net.ipv4.neigh.default.gc_thresh3=65536 "
              "net.ipv6.neigh.default.gc_thresh3=65536"
            : ""};
}

Finding inotify_finding() {
    constexpr int enough = 512;
    const auto text = read_file_or("/proc/sys/fs/inotify/max_user_instances", "0");
    const int most = std::atoi(text.c_str());
    const bool few = most > 0 && most < enough;
    return {"inotify", few ? Health::limited : Health::good,
            fmt::format(
                "{} instances for all programs of a user's labs together; netlab takes none", most),
            few ? "as root: sysctl -w fs.inotify.max_user_instances=8192" : ""};
}

} // namespace

std::string to_string(Health health) {
    constexpr std::array words{"good", "limited", "missing"};
    return words.at(static_cast<std::size_t>(health));
}

std::vector<Finding> examine_host() {
    std::vector<Finding> findings;
    const auto trials = try_abilities();
    for (const auto& trial : trials) {
        findings.push_back(to_finding(trial));
        if (trial.ability == Ability::namespaces && trial.refusal.empty()) {
            findings.push_back(ids_finding(trial));
        }
    }
    findings.push_back(slirp_finding());
    findings.push_back(cgroup_finding());
    for (auto& finding : limit_findings()) {
        findings.push_back(std::move(finding));
    }
    findings.push_back(neighbour_finding());
    findings.push_back(inotify_finding());
    return findings;
}

} // namespace netlab
