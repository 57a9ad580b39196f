#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "fault/cable_changes.h"
#include "fault/faults.h"
#include "fault/link_faults.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace netlab {

namespace {

[[noreturn]] void refuse(const Plan& plan, const std::string& id,
                         const std::vector<Fault>& faults) {
    std::vector<std::string> ids;
    for (const auto& fault : faults) {
        ids.push_back(fault.id);
    }
    const auto meant = did_you_mean(id, ids);
    throw InputError{"lab " + plan.name + " has no fault " + quoted(id),
                     !meant.empty() ? meant
                     : ids.empty()  ? "nothing is broken in it"
                                    : "what is broken: " + first_words(ids)};
}

} // namespace

std::vector<Fault> Faults::chosen(const std::vector<std::string>& ids) const {
    const auto all = list();
    std::vector<Fault> chosen;
    for (const auto& id : ids) {
        const auto found = std::ranges::find(all, id, &Fault::id);
        if (found == all.end()) {
            refuse(lab_.plan, id, all);
        }
        if (found->kind == Fault::Kind::kill) {
            throw InputError{found->what + ", which heal does not give back",
                             "netlab start " + lab_.plan.nodes[index(found->nodes.front())].name};
        }
        if (std::ranges::find(chosen, id, &Fault::id) == chosen.end()) {
            chosen.push_back(*found);
        }
    }
    return chosen;
}

/// Not a kill, nor a link at a node that has ended, which is as in the file once the node is back.
bool Faults::can_heal(const Fault& fault) const {
    if (fault.kind != Fault::Kind::link) {
        return fault.kind != Fault::Kind::kill;
    }
    const auto has_ended = [&](const CableSide& side) {
        return side.node && !lab_.nodes[index(*side.node)].running;
    };
    return std::ranges::none_of(lab_.cables_of(fault.links.front()), [&](const Cable& cable) {
        return std::ranges::any_of(cable.sides, has_ended);
    });
}

Healed Faults::heal(const std::vector<std::string>& ids, bool all) {
    Healed healed;
    for (auto& fault : all ? list() : chosen(ids)) {
        if (all && !can_heal(fault)) {
            continue;
        }
        try {
            heal(fault, healed);
        } catch (const std::runtime_error& error) {
            spdlog::error("{} is not healed: {}", fault.id, error.what());
            fault.refusal = error.what();
            healed.faults.push_back(std::move(fault));
        }
    }
    return healed;
}

/// Those that nothing else holds come up. Of a node that has ended, or where somebody has deleted
/// an interface, there is nothing to mend.
std::vector<std::size_t> Faults::mend(const std::vector<std::size_t>& cables) {
    CableChanges changes;
    for (const auto id : cables) {
        const auto& cable = lab_.cables[id];
        const bool is_whole = std::ranges::all_of(cable.sides, [&](const CableSide& side) {
            return !side.node || lab_.nodes[index(*side.node)].running;
        });
        if (is_whole && !cable.unplugged && cable.cuts == 1 && is_changeable(lab_, cable)) {
            auto state = state_of(cable);
            state.down = false;
            changes.emplace(id, state);
        }
    }
    auto plugged_in = carry_out(lab_, changes);
    for (const auto id : cables) {
        --lab_.cables[id].cuts;
    }
    return plugged_in;
}

void Faults::heal(const Fault& fault, Healed& healed) {
    std::vector<std::size_t> plugged_in;
    switch (fault.kind) {
    case Fault::Kind::partition:
        deaf_.join(fault.id, fault.separations);
        break;
    case Fault::Kind::cut:
        plugged_in = mend(fault.cables);
        break;
    case Fault::Kind::link:
        plugged_in = netlab::change_links(lab_, {LinkVerb::reset, {fault.id}, {}}).plugged_in;
        break;
    case Fault::Kind::pause:
        resume(fault.nodes);
        break;
    case Fault::Kind::clock:
        refuse_starting(fault.nodes);
        clocks_.change(fault.nodes, {{}, true, {}, {}}, {});
        break;
    case Fault::Kind::kill:
        return;
    }
    healed.plugged_in.insert(healed.plugged_in.end(), plugged_in.begin(), plugged_in.end());
    std::erase_if(faults_, [&](const Fault& one) { return one.id == fault.id; });
    spdlog::info("{} is healed", fault.id);
    healed.faults.push_back(fault);
}

} // namespace netlab
