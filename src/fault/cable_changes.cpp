#include "fault/cable_changes.h"

#include "lab/cabling.h"
#include "sys/scoped_netns.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <net/if.h>
#include <spdlog/spdlog.h>

namespace netlab {

namespace {

bool is_gone(const Lab& lab, const CableSide& side) {
    const ScopedNetns netns{netns_of(lab, side)};
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(static_cast<unsigned>(side.index), name.data()) == nullptr;
}

/// Why a side of a cable cannot be changed; empty if it can.
std::string why_not(const Lab& lab, const CableSide& side) {
    const auto& node = lab.nodes[index(*side.node)];
    if (!node.running) {
        return fmt::format("node {} has ended ({})", lab.plan.nodes[index(*side.node)].name,
                           node.end);
    }
    if (is_gone(lab, side)) {
        return fmt::format("its interface {} is gone: something in the node deleted it; "
                           "`netlab down` and `netlab up` make it anew",
                           name_of(lab.plan, side));
    }
    return {};
}

using Earlier = std::vector<std::pair<std::size_t, CableState>>;

/// The last one first. One that cannot go back does not keep the others from it.
void go_back(Lab& lab, Earlier& earlier) {
    for (; !earlier.empty(); earlier.pop_back()) {
        const auto& [id, state] = earlier.back();
        try {
            recable(lab, id, state);
        } catch (const std::exception& error) {
            spdlog::error("link {} is not as it was before a change that was refused: {}",
                          lab.plan.links[index(lab.cables[id].link)].name, error.what());
        }
    }
}

} // namespace

void check_changeable(const Lab& lab, const Cable& cable) {
    for (const auto& side : cable.sides) {
        if (const auto reason = side.node ? why_not(lab, side) : ""; !reason.empty()) {
            throw std::runtime_error{fmt::format("cannot change link {}: {}",
                                                 lab.plan.links[index(cable.link)].name, reason)};
        }
    }
}

bool is_changeable(const Lab& lab, const Cable& cable) {
    try {
        check_changeable(lab, cable);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

std::vector<std::size_t> carry_out(Lab& lab, const CableChanges& changes) {
    Earlier earlier;
    std::vector<std::size_t> plugged_in;
    for (const auto& [id, state] : changes) {
        try {
            const auto before = state_of(lab.cables[id]);
            if (recable(lab, id, state)) {
                plugged_in.push_back(id);
            }
            earlier.emplace_back(id, before);
        } catch (const std::exception& error) {
            go_back(lab, earlier);
            throw std::runtime_error{fmt::format("cannot change link {}: {}",
                                                 lab.plan.links[index(lab.cables[id].link)].name,
                                                 error.what())};
        }
    }
    return plugged_in;
}

} // namespace netlab
