#include "lab/carriage.h"

#include "netlink/qdisc_requests.h"
#include "packet/tap.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace netlab {

namespace {

std::string try_tap() {
    try {
        open_tap({"netlab-try", 0, {}, 1500});
        return {};
    } catch (const std::system_error& error) {
        return error.what();
    }
}

/// Why netem cannot do one of the directions, or empty.
std::string netem_refuses_one(const Means& means, const BothWays<Impairment>& entering) {
    for (const auto& impairment : entering) {
        if (!impairment.is_perfect()) {
            if (auto why = netem_refuses(means.netem, impairment); !why.empty()) {
                return why;
            }
        }
    }
    return {};
}

bool netem_starves_one(const BothWays<Impairment>& entering, std::uint32_t mtu) {
    return std::ranges::any_of(
        entering, [mtu](const Impairment& one) { return netem_starves_small_frames(one, mtu); });
}

bool is_perfect(const BothWays<Impairment>& entering) {
    return std::ranges::all_of(entering, &Impairment::is_perfect);
}

CarriageChoice wire_or_not(const Means& means, const std::string& why_not_netem) {
    if (means.why_no_tap.empty()) {
        return {Carriage::wire, {}, {}};
    }
    return {Carriage::wire,
            why_not_netem.empty() ? means.why_no_tap : why_not_netem + ", and " + means.why_no_tap,
            "netlab's own wire needs /dev/net/tun (modprobe tun)"};
}

} // namespace

std::string_view to_string(Carriage carriage) {
    switch (carriage) {
    case Carriage::veth:
        return "none";
    case Carriage::netem:
        return "kernel";
    case Carriage::wire:
        break;
    }
    return "user";
}

Means try_means() {
    return {try_netem(), try_tap()};
}

bool needs_means(Engine engine, const BothWays<Impairment>& entering) {
    return engine == Engine::user || !is_perfect(entering);
}

CarriageChoice choose_carriage(const Means& means, Engine engine,
                               const BothWays<Impairment>& entering, std::uint32_t mtu,
                               Carriage now) {
    const bool perfect = is_perfect(entering);
    if (engine == Engine::user) {
        return wire_or_not(means, {});
    }
    if (now == Carriage::wire && engine == Engine::automatic) {
        return {Carriage::wire, {}, {}};
    }
    if (perfect) {
        return {Carriage::veth, {}, {}};
    }
    const auto why = netem_refuses_one(means, entering);
    if (why.empty()) {
        const bool wire_is_better = engine == Engine::automatic && means.why_no_tap.empty() &&
                                    netem_starves_one(entering, mtu);
        return {wire_is_better ? Carriage::wire : Carriage::netem, {}, {}};
    }
    if (engine == Engine::kernel) {
        return {Carriage::netem, why,
                "netlab's own wire can do it: \"engine\": \"user\", or \"auto\""};
    }
    return wire_or_not(means, why);
}

} // namespace netlab
