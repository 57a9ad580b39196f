#include "fault/link_change.h"

#include "base/diagnostic.h"
#include "fault/cable_changes.h"
#include "fault/link_targets.h"
#include "lab/cabling.h"
#include "lab/carriage.h"

#include <set>

#include <fmt/format.h>

namespace netlab {

namespace {

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

/// Whether the change ends what `link down` began.
bool plugs_in(const LinkChange& change, const LinkTarget& target) {
    return change.verb == LinkVerb::up || (change.verb == LinkVerb::reset && !target.end);
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
    } else if (plugs_in(change, target)) {
        state.down = cable.cuts > 0; // by a fault, which is healed by itself
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

/// Of cables that were changed: whether `link down` has them down.
void note_unplugged(Lab& lab, const LinkChange& change, const std::vector<LinkTarget>& targets) {
    for (const auto& target : targets) {
        for (auto& cable : lab.cables_of(target.link)) {
            if (is_about(target, cable)) {
                cable.unplugged =
                    change.verb == LinkVerb::down || (cable.unplugged && !plugs_in(change, target));
            }
        }
    }
}

CableChanges wanted_states(Lab& lab, const LinkChange& change,
                           const std::vector<LinkTarget>& targets) {
    CableChanges wanted;
    for (const auto& target : targets) {
        for (auto& cable : lab.cables_of(target.link)) {
            if (is_about(target, cable)) {
                const auto id = static_cast<std::size_t>(&cable - lab.cables.data());
                check_changeable(lab, cable);
                const auto at = wanted.try_emplace(id, state_of(cable)).first;
                change_cable(lab, change, target, cable, at->second);
            }
        }
    }
    return wanted;
}

void choose_carriages(Lab& lab, CableChanges& wanted) {
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

} // namespace

ChangedLinks change_links(Lab& lab, const LinkChange& change) {
    const auto targets = select_links(lab.plan, change.targets);
    auto wanted = wanted_states(lab, change, targets);
    choose_carriages(lab, wanted);
    auto plugged_in = carry_out(lab, wanted);
    note_unplugged(lab, change, targets);
    std::set<LinkId> links;
    for (const auto& target : targets) {
        links.insert(target.link);
    }
    return {{links.begin(), links.end()}, std::move(plugged_in)};
}

} // namespace netlab
