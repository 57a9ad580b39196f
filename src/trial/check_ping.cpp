#include "control/selection.h"
#include "packet/ping.h"
#include "trial/addresses.h"
#include "trial/checks.h"
#include "trial/lab_visit.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// Twice, because the first may be lost while a neighbour is looked for; a second in all.
constexpr PingPace ping_pace{2, 500ms, false};
/// Pairs that are named; behind them they are only counted.
constexpr std::size_t most_named = 8;

std::vector<const NodePlan*> selected(const Plan& plan, const NodePatterns& patterns) {
    std::vector<const NodePlan*> nodes;
    for (const auto id : select_nodes(plan, patterns)) {
        nodes.push_back(&plan.nodes[index(id)]);
    }
    return nodes;
}

/// A pair of nodes, and the family in which one asks the other.
struct AskedPair {
    const NodePlan* from;
    const NodePlan* to;
    Family family;
};

struct Questions {
    std::vector<PingSender> senders;
    std::vector<PingRequest> requests;
    std::vector<AskedPair> pairs; ///< of the requests
};

Questions questions(LabVisit& visit, const std::vector<const NodePlan*>& from,
                    const std::vector<const NodePlan*>& to, int family) {
    Questions made;
    for (const auto* asker : from) {
        bool has_sockets = false;
        for (const auto* other : to) {
            const auto families =
                other == asker ? std::vector<Family>{} : common_families(*asker, *other, family);
            for (const auto one : families) {
                if (!has_sockets) {
                    visit.enter(asker->name);
                    made.senders.emplace_back();
                    has_sockets = true;
                }
                made.requests.push_back({made.senders.size() - 1, *address_of(*other, one)});
                made.pairs.push_back({asker, other, one});
            }
        }
    }
    return made;
}

std::string shown(const AskedPair& pair, const PingOutcome& outcome) {
    return fmt::format("{} -> {} ({}{}{})", pair.from->name, pair.to->name,
                       pair.family == Family::ipv4 ? "IPv4" : "IPv6",
                       outcome.trouble.empty() ? "" : ": ", outcome.trouble);
}

} // namespace

Finding check_ping(const std::filesystem::path& lab, const Plan& plan, const PingSubject& subject) {
    LabVisit visit{lab};
    const auto asked = questions(visit, selected(plan, subject.between.from),
                                 selected(plan, subject.between.to), subject.between.family);
    if (asked.requests.empty()) {
        throw std::runtime_error{"none of these nodes has an address by which to reach another"};
    }
    const auto outcomes = ping(asked.senders, asked.requests, ping_pace);
    std::vector<std::string> wrong;
    std::size_t reached = 0;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const bool answered = outcomes[i].time.has_value();
        reached += answered ? 1U : 0U;
        if (answered != subject.reachable) {
            wrong.push_back(wrong.size() < most_named ? shown(asked.pairs[i], outcomes[i]) : "");
        }
    }
    const auto all = outcomes.size();
    const auto measured = fmt::format("{} of {} pairs reach each other", reached, all);
    if (wrong.empty()) {
        return finding({}, measured);
    }
    const auto count = wrong.size();
    wrong.resize(std::min(count, most_named));
    return finding({{subject.reachable ? fmt::format("all {} pairs are reachable", all)
                                       : fmt::format("no pair of {} is reachable", all),
                     fmt::format("{} {}: {}{}", count, subject.reachable ? "are not" : "are",
                                 fmt::join(wrong, ", "), count > most_named ? ", …" : "")}},
                   measured);
}

} // namespace netlab
