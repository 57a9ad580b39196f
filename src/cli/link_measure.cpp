#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/link_json.h"
#include "cli/link_measured.h"
#include "cli/link_state.h"
#include "cli/output.h"
#include "packet/probe.h"
#include "packet/probe_pace.h"

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include <fmt/format.h>

namespace netlab {

namespace {

/// What is measured: from the first end to the second and, unless only one end was named, back.
struct Stretch {
    std::string link;
    std::string engine;
    bool segment = false;
    std::array<LinkEndAnswer, 2> ends;
    bool both_ways = true;
};

Stretch choose(const std::vector<LinkAnswer>& links, const std::vector<std::string>& targets) {
    if (links.size() != 1) {
        throw InputError{fmt::format("measure takes one link at a time, not {}", links.size()),
                         "netlab link measure LINK"};
    }
    const auto& link = links.front();
    auto ends = named_ends(link, targets);
    if (ends.size() > 2) {
        throw InputError{"measure goes between two ends, not more"};
    }
    const bool both_ways = ends.size() != 1;
    for (const auto& end : link.ends) {
        const bool taken = std::ranges::any_of(
            ends, [&](const LinkEndAnswer& one) { return name_of(one) == name_of(end); });
        if (ends.size() < 2 && !taken) {
            ends.push_back(end);
        }
    }
    if (ends.size() < 2 || name_of(ends[0]) == name_of(ends[1])) {
        throw InputError{"measure needs two different ends of link " + quoted(link.name)};
    }
    return {link.name, link.engine, link.segment, {ends[0], ends[1]}, both_ways};
}

std::string remedy(const std::string& state, const Stretch& stretch, const LinkEndAnswer& end) {
    return state == "cut" ? "netlab link up " + (stretch.segment ? name_of(end) : stretch.link)
           : state == "down"
               ? fmt::format("netlab exec {} ip link set {} up", end.node, end.interface)
           : state == "no-carrier" ? "the link's other end is switched off"
           : state == "gone"       ? "someone took the interface away"
                                   : "the node's first process has ended";
}

void require_up(const Stretch& stretch, const LinkEndStates& states) {
    // The end that is down is why the other one has no carrier.
    for (const bool mere_carrier : {false, true}) {
        for (const auto& end : stretch.ends) {
            const auto& state = states.at(name_of(end)).state;
            if (state != "up" && (state == "no-carrier") == mere_carrier) {
                throw InputError{fmt::format("cannot measure link {}: {} is {}",
                                             quoted(stretch.link), name_of(end), state),
                                 remedy(state, stretch, end)};
            }
        }
    }
}

/// The two ends with their sockets, each made in its own node.
class Instruments {
public:
    Instruments(NodeVisits& visits, const Stretch& stretch, const LinkEndStates& states) {
        visits.each({stretch.ends[0].node, stretch.ends[1].node}, [&](const NodeHandle& handle) {
            for (const auto& end : stretch.ends) {
                if (end.node == handle.node.name && handle.pidfd) {
                    const auto name = name_of(end);
                    ends_.try_emplace(name, end.interface, run_, states.at(name).mac);
                }
            }
        });
    }

    ProbeRun between(const Stretch& stretch) {
        return {ends_.at(name_of(stretch.ends[0])), ends_.at(name_of(stretch.ends[1])), run_};
    }

private:
    std::uint32_t run_ = std::random_device{}() | 1U;
    std::map<std::string, ProbeEnd> ends_;
};

MeasuredDirection make_direction(const Stretch& stretch, std::size_t from) {
    MeasuredDirection direction;
    direction.from = name_of(stretch.ends.at(from));
    direction.to = name_of(stretch.ends.at(1 - from));
    direction.properties = stretch.ends.at(from).now;
    direction.asked = to_impairment(direction.properties);
    return direction;
}

bool needs_flood(const Impairment& asked) {
    return asked.rate || asked.trace;
}

void flood(MeasuredDirection& direction, ProbeRun& run, std::size_t from, const FloodPace& pace,
           bool user_engine) {
    direction.flood = run.flood(from, pace);
    direction.rate = measured_rate(*direction.flood, direction.seen, user_engine);
    direction.verdict.rate =
        judge_rate(direction.asked, direction.seen, *direction.flood, user_engine);
}

MeasuredLink measure(const Stretch& stretch, ProbeRun run, std::uint32_t mtu, Duration time) {
    std::array<MeasuredDirection, 2> directions{make_direction(stretch, 0),
                                                make_direction(stretch, 1)};
    const std::size_t count = stretch.both_ways ? 2 : 1;
    const auto floods = std::count_if(
        directions.begin(), directions.begin() + static_cast<std::ptrdiff_t>(count),
        [](const MeasuredDirection& direction) { return needs_flood(direction.asked); });
    const auto probing = floods == 0 ? time : time / 2;
    std::array<ProbePace, 2> paces{probe_pace(directions[0].asked, probing),
                                   probe_pace(directions[1].asked, probing)};
    paces[1].silent = !stretch.both_ways;
    run.greet();
    const auto seen = run.probe(paces, probing);
    MeasuredLink measured{stretch.link, stretch.engine, {}};
    for (std::size_t from = 0; from < count; ++from) {
        auto& direction = directions.at(from);
        direction.seen = seen.at(from);
        direction.verdict = judge_probes(direction.asked, direction.seen);
        if (needs_flood(direction.asked)) {
            flood(direction, run, from, flood_pace(direction.asked, mtu, (time - probing) / floods),
                  stretch.ends.at(from).engine == "user");
        }
        measured.directions.push_back(std::move(direction));
    }
    return measured;
}

} // namespace

int run_link_measure(const LinkOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto links = client.links(options.targets);
    const auto stretch = choose(links, options.targets);
    NodeVisits visits{client};
    const auto states = read_end_states(visits, links);
    require_up(stretch, states);
    Instruments instruments{visits, stretch, states};
    const auto mtu =
        std::min(states.at(name_of(stretch.ends[0])).mtu, states.at(name_of(stretch.ends[1])).mtu);
    ProgressLine progress;
    progress.show(fmt::format("measuring {} for {} …", stretch.link, to_string(options.time)));
    const auto measured = measure(stretch, instruments.between(stretch), mtu, options.time);
    progress.clear();
    print(stdout, options.json ? measured_to_json(measured)
                               : measured_to_text(measured, wants_colour(stdout)));
    return 0;
}

} // namespace netlab
