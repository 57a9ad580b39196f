#include "fault/link_change.h"

#include "base/diagnostic.h"
#include "fault/link_targets.h"
#include "lab/cabling.h"
#include "lab/carriage.h"
#include "lab/recable.h"
#include "sys/scoped_netns.h"

#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <net/if.h>
#include <spdlog/spdlog.h>

namespace netlab {

namespace {

/// The cables that a change is about, by their place in lab.cables, and how they are to be.
using Wanted = std::map<std::size_t, CableState>;

void set_properties(Impairment& impairment, const Properties& properties, const std::string& end) {
    for (const auto& [key, text] : properties) {
        if (const auto refusal = set_property(impairment, key, text)) {
            throw InputError{fmt::format("{}: {}", refusal->key, refusal->message), refusal->hint};
        }
    }
    if (const auto refusal = check_together(impairment)) {
        throw InputError{fmt::format("{} on {}: {}", refusal->key, end, refusal->message),
                         refusal->hint};
    }
}

void change_side(const Plan& plan, const LinkChange& change, const CableSide& side,
                 Impairment& impairment) {
    switch (change.verb) {
    case LinkVerb::set:
        set_properties(impairment, change.properties, name_of(plan, side));
        break;
    case LinkVerb::reset:
        impairment = planned(plan, side);
        break;
    case LinkVerb::clear:
        impairment = {};
        break;
    case LinkVerb::down:
    case LinkVerb::up:
        break;
    }
}

void change_cable(const Lab& lab, const LinkChange& change, const LinkTarget& target,
                  const Cable& cable, CableState& state) {
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& side = cable.sides.at(i);
        if (side.node && (!target.end || *target.end == side.end)) {
            change_side(lab.plan, change, side, state.entering.at(i));
        }
    }
    if (change.verb == LinkVerb::down) {
        state.down = true;
    } else if (change.verb == LinkVerb::up || (change.verb == LinkVerb::reset && !target.end)) {
        state.down = false;
    }
}

bool is_about(const LinkTarget& target, const Cable& cable) {
    if (!target.end) {
        return true;
    }
    for (const auto& side : cable.sides) {
        if (side.node && side.end == *target.end) {
            return true;
        }
    }
    return false;
}

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

void check_sides(const Lab& lab, const Cable& cable) {
    for (const auto& side : cable.sides) {
        if (const auto reason = side.node ? why_not(lab, side) : ""; !reason.empty()) {
            throw std::runtime_error{fmt::format("cannot change link {}: {}",
                                                 lab.plan.links[index(cable.link)].name, reason)};
        }
    }
}

Wanted wanted_states(Lab& lab, const LinkChange& change, const std::vector<LinkTarget>& targets) {
    Wanted wanted;
    for (const auto& target : targets) {
        for (auto& cable : lab.cables_of(target.link)) {
            if (is_about(target, cable)) {
                const auto id = static_cast<std::size_t>(&cable - lab.cables.data());
                check_sides(lab, cable);
                const auto at = wanted.try_emplace(id, state_of(cable)).first;
                change_cable(lab, change, target, cable, at->second);
            }
        }
    }
    return wanted;
}

void choose_carriages(Lab& lab, Wanted& wanted) {
    for (auto& [id, state] : wanted) {
        const auto& link = lab.plan.links[index(lab.cables[id].link)];
        if (!needs_means(link.engine, state.entering)) {
            continue; // what carries it now can do without
        }
        const auto& cable = lab.cables[id];
        const auto choice =
            choose_carriage(lab.means(), link.engine, state.entering, cable.mtu, cable.carriage);
        if (!choice.why_not.empty()) {
            throw InputError{fmt::format("cannot shape link {}: {}", link.name, choice.why_not),
                             choice.hint};
        }
        state.carriage = choice.carriage;
    }
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

/// All of them, or none. Returns those that have a carrier where they had none.
std::vector<std::size_t> carry_out(Lab& lab, const Wanted& wanted) {
    Earlier earlier;
    std::vector<std::size_t> plugged_in;
    for (const auto& [id, state] : wanted) {
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

} // namespace

ChangedLinks change_links(Lab& lab, const LinkChange& change) {
    const auto targets = select_links(lab.plan, change.targets);
    auto wanted = wanted_states(lab, change, targets);
    choose_carriages(lab, wanted);
    auto plugged_in = carry_out(lab, wanted);
    std::set<LinkId> links;
    for (const auto& target : targets) {
        links.insert(target.link);
    }
    return {{links.begin(), links.end()}, std::move(plugged_in)};
}

} // namespace netlab
