#include "fault/link_change.h"

#include "base/diagnostic.h"
#include "fault/link_targets.h"
#include "lab/cabling.h"
#include "lab/carriage.h"
#include "lab/recable.h"

#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

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

void check_nodes(const Lab& lab, const Cable& cable) {
    for (const auto& side : cable.sides) {
        if (side.node && !lab.nodes[index(*side.node)].running) {
            throw std::runtime_error{fmt::format("cannot change link {}: node {} has ended ({})",
                                                 lab.plan.links[index(cable.link)].name,
                                                 lab.plan.nodes[index(*side.node)].name,
                                                 lab.nodes[index(*side.node)].end)};
        }
    }
}

Wanted wanted_states(Lab& lab, const LinkChange& change, const std::vector<LinkTarget>& targets) {
    Wanted wanted;
    for (const auto& target : targets) {
        for (auto& cable : lab.cables_of(target.link)) {
            if (is_about(target, cable)) {
                const auto id = static_cast<std::size_t>(&cable - lab.cables.data());
                check_nodes(lab, cable);
                const auto at = wanted.try_emplace(id, state_of(cable)).first;
                change_cable(lab, change, target, cable, at->second);
            }
        }
    }
    return wanted;
}

void choose_carriages(const Lab& lab, Wanted& wanted) {
    std::optional<Means> means;
    for (auto& [id, state] : wanted) {
        const auto& link = lab.plan.links[index(lab.cables[id].link)];
        if (!needs_means(link.engine, state.entering)) {
            continue; // what carries it now can do without
        }
        if (!means) {
            means = try_means();
        }
        const auto& cable = lab.cables[id];
        const auto choice =
            choose_carriage(*means, link.engine, state.entering, cable.mtu, cable.carriage);
        if (!choice.why_not.empty()) {
            throw InputError{fmt::format("cannot shape link {}: {}", link.name, choice.why_not),
                             choice.hint};
        }
        state.carriage = choice.carriage;
    }
}

/// All of them, or none.
void carry_out(Lab& lab, const Wanted& wanted) {
    std::vector<std::pair<std::size_t, CableState>> done;
    try {
        for (const auto& [id, state] : wanted) {
            done.emplace_back(id, state_of(lab.cables[id]));
            recable(lab, id, state);
        }
    } catch (const std::exception& error) {
        const auto& link = lab.plan.links[index(lab.cables[done.back().first].link)];
        done.pop_back(); // this one has gone back by itself
        while (!done.empty()) {
            recable(lab, done.back().first, done.back().second);
            done.pop_back();
        }
        throw std::runtime_error{fmt::format("cannot change link {}: {}", link.name, error.what())};
    }
}

} // namespace

std::vector<LinkId> change_links(Lab& lab, const LinkChange& change) {
    const auto targets = select_links(lab.plan, change.targets);
    auto wanted = wanted_states(lab, change, targets);
    choose_carriages(lab, wanted);
    carry_out(lab, wanted);
    std::set<LinkId> links;
    for (const auto& target : targets) {
        links.insert(target.link);
    }
    return {links.begin(), links.end()};
}

} // namespace netlab
