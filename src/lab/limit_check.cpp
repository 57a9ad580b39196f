#include "lab/limit_check.h"

#include "base/limits.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace netlab {

namespace {

/// An idle node in a ring with its link: the kernel's slab, page tables and its PID 1, as measured
/// by tests/bench/run (docs/performance.md, "memory of each": 454 KiB of 200 nodes, 489 of 1000).
constexpr std::uint64_t node_bytes = 450 << 10U;
/// Two TAPs with their queues.
constexpr std::uint64_t wire_bytes = 150 << 10U;
/// Descriptors of the supervisor, or of the command, that do not depend on the lab.
constexpr std::uint64_t own_files = 32;
/// Mounts of a node beside its binds and private directories.
constexpr std::uint64_t own_mounts = 40;

std::uint64_t count_services(const Plan& plan) {
    std::uint64_t count = 0;
    for (const auto& node : plan.nodes) {
        count += node.run.size();
    }
    return count;
}

/// Those that are carried by TAPs whatever the kernel can do.
std::uint64_t count_wires(const Plan& plan) {
    std::uint64_t count = 0;
    for (const auto& link : plan.links) {
        if (link.engine == Engine::user) {
            count += link.segment ? link.ends.size() : 1;
        }
    }
    return count;
}

/// The supervisor keeps the TAPs of wires, a board and a line of each node with services, and the
/// published ports; the command holds a cgroup's file of each node with limits.
std::uint64_t count_files(const Plan& plan) {
    std::uint64_t kept = 2 * count_wires(plan);
    for (const auto& node : plan.nodes) {
        kept += (node.run.empty() ? 0 : 2) + node.publish.size() + (node.limits.any() ? 1 : 0);
    }
    return own_files + kept;
}

std::uint64_t count_mounts(const Plan& plan) {
    std::uint64_t most = 0;
    for (const auto& node : plan.nodes) {
        most = std::max<std::uint64_t>(most, node.binds.size() + node.private_directories.size() +
                                                 node.files.size());
    }
    return own_mounts + most;
}

std::string_view unit_of(Resource resource) {
    switch (resource) {
    case Resource::namespaces:
        return "namespaces of each kind";
    case Resource::processes:
        return "processes";
    case Resource::open_files:
        return "open files in one process";
    case Resource::mounts:
        return "mounts in one node";
    case Resource::memory:
        break;
    }
    return "of memory";
}

std::string amount(Resource resource, std::uint64_t value) {
    if (resource == Resource::memory) {
        return fmt::format("{} MiB", value >> 20U);
    }
    return std::to_string(value);
}

/// Memory is reckoned from what nodes took elsewhere; all else is counted.
std::string_view reckoned(Resource resource) {
    return resource == Resource::memory ? "about " : "";
}

/// Entries in tables of neighbours, in one family, when each node knows all others in its subnets.
std::uint64_t count_neighbours(const Plan& plan) {
    std::map<IpPrefix, std::uint64_t> ends;
    for (const auto& link : plan.links) {
        for (const auto& [node, interface] : link.ends) {
            const auto& addresses = plan.nodes[index(node)].interfaces[interface].addresses;
            if (!addresses.empty()) {
                ++ends[addresses.front().subnet()];
            }
        }
    }
    std::uint64_t entries = 0;
    for (const auto& [subnet, count] : ends) {
        entries += count * (count - 1);
    }
    return entries;
}

} // namespace

std::uint64_t needed_by(const Plan& plan, Resource resource) {
    const std::uint64_t nodes = plan.nodes.size();
    switch (resource) {
    case Resource::namespaces:
        return nodes + 1; // the lab's own
    case Resource::processes:
        return nodes + count_services(plan) + 1;
    case Resource::open_files:
        return count_files(plan);
    case Resource::mounts:
        return count_mounts(plan);
    case Resource::memory:
        break;
    }
    return nodes * node_bytes + count_wires(plan) * wire_bytes;
}

void check_limits(const Plan& plan, const std::vector<HostLimit>& limits) {
    for (const auto& limit : limits) {
        const auto needed = needed_by(plan, limit.resource);
        if (needed <= limit.left) {
            continue;
        }
        const auto unit = unit_of(limit.resource);
        const auto left =
            limit.left == limit.most
                ? std::string{}
                : fmt::format(", of which {} are left", amount(limit.resource, limit.left));
        throw std::runtime_error{fmt::format(
            "lab {} is too large for this host: it needs {}{} {}, and {} allows {}{} ({})",
            plan.name, reckoned(limit.resource), amount(limit.resource, needed), unit, limit.name,
            amount(limit.resource, limit.most), left, limit.cure)};
    }
}

std::string neighbour_warning(const Plan& plan, std::uint64_t limit) {
    const auto most = count_neighbours(plan);
    if (limit == 0 || most <= limit) {
        return {};
    }
    return fmt::format(
        "when every node of the lab has talked to each neighbour on its links, that is {} entries "
        "in the machine's tables of neighbours, which hold {} for all labs together; more get no "
        "answer for some seconds (as root: sysctl -w net.ipv4.neigh.default.gc_thresh3={} "
        "net.ipv6.neigh.default.gc_thresh3={})",
        most, limit, 2 * most, 2 * most);
}

} // namespace netlab
