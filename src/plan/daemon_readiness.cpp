#include "plan/daemon_readiness.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

/// A file of its number that one before it has left behind says nothing of it. Both times are the
/// kernel's, also in a node that has a wall clock of its own: date(1) would go by that.
std::string has_run(std::string_view daemon, std::chrono::seconds time) {
    return fmt::format(
        "{{ kill -0 $(cat /run/frr/{0}.pid) && "
        "test $(($(stat -Lc %Y /proc/self/) - $(stat -c %Y /run/frr/{0}.pid))) -ge {1}; }}",
        daemon, time.count());
}

/// What `command` prints is the same half a second later.
std::string stands_still(const std::string& command) {
    return fmt::format("before=$({0}) && sleep 0.5 && test \"$before\" = \"$({0})\"", command);
}

} // namespace

std::string learned(Family family, std::string_view protocol, std::string_view daemon,
                    std::size_t count, std::chrono::seconds patience) {
    return count == 0
               ? std::string{}
               : fmt::format("{{ test $(ip -o -{} route show proto {} | wc -l) -ge {} || {}; }}",
                             family == Family::ipv4 ? 4 : 6, protocol, count,
                             has_run(daemon, patience));
}

std::string both(const std::string& one, const std::string& other) {
    return one + (one.empty() || other.empty() ? "" : " && ") + other;
}

std::string settled(Family family, std::string_view daemon, const DaemonRouter& router) {
    const auto meetings = std::ranges::count_if(
        router.interfaces, [&](const DaemonInterface& one) { return one.meets[family]; });
    auto known = learned(family, "ospf", daemon, router.learns[family]);
    if (known.empty() || meetings == 0) {
        return known;
    }
    const bool old = family == Family::ipv4;
    const auto neighbors = old ? "ip ospf" : "ipv6 ospf6";
    return both(
        known, fmt::format("{{ test $(vtysh -d {} -c 'show {} neighbor' | grep -c Full/) -ge {} "
                           "|| {}; }} && {}",
                           daemon, neighbors, meetings, has_run(daemon, longest_convergence),
                           stands_still(fmt::format("ip -{} route show proto ospf", old ? 4 : 6))));
}

std::string established(const DaemonRouter& router) {
    std::size_t sessions = 0;
    for (const auto& interface : router.interfaces) {
        for (const auto family : families) {
            sessions += interface.neighbors[family].size();
        }
    }
    return fmt::format(
        "test -S /run/frr/bgpd.vty && "
        "{{ test $(vtysh -d bgpd -c 'show bgp neighbors' | grep -c 'state = Established') -ge {} "
        "|| {}; }} && {}",
        sessions, has_run("bgpd", longest_convergence),
        stands_still("ip route show proto bgp; ip -6 route show proto bgp"));
}

} // namespace netlab
