#include "control/fault_reply.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "control/selection.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace netlab {

namespace {

constexpr std::string_view isolate = "isolate:";

/// A side is one word: patterns with commas between them, which stand in brackets, too.
std::vector<std::string> patterns_of(const std::string& side) {
    std::vector<std::string> patterns{""};
    int depth = 0;
    for (const char c : side) {
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        if (c == ',' && depth == 0) {
            patterns.emplace_back();
        } else {
            patterns.back() += c;
        }
    }
    return patterns;
}

std::vector<NodeId> select_side(const Plan& plan, const std::string& side) {
    return select_nodes(plan, patterns_of(side));
}

/// All that can be on a side, if no nodes are named.
std::vector<NodeId> nodes_of_shape(const Plan& plan, const std::vector<std::string>& words) {
    const bool all = words.empty() || words == std::vector<std::string>{"all"};
    auto nodes = select_nodes(plan, all ? std::vector<std::string>{"all"} : words);
    if (all) {
        std::erase_if(nodes, [&](NodeId id) {
            return plan.nodes[index(id)].kind == NodeKind::network_switch;
        });
    }
    return nodes;
}

Partition isolated(const Plan& plan, const FaultRequest& request) {
    const auto alone = select_side(plan, request.shape.substr(isolate.size()));
    auto rest = nodes_of_shape(plan, request.words);
    std::erase_if(rest, [&](NodeId id) { return std::ranges::find(alone, id) != alone.end(); });
    if (rest.empty()) {
        throw InputError{"there is no node left to be isolated from"};
    }
    return part(plan, {alone, rest}, false);
}

Partition partition_of(const Plan& plan, const FaultRequest& request) {
    if (request.shape.empty()) {
        Sides sides;
        for (const auto& word : request.words) {
            sides.push_back(select_side(plan, word));
        }
        return part(plan, sides, request.one_way);
    }
    if (request.one_way) {
        throw InputError{"--one-way is of sides, not of a shape",
                         "netlab partition --one-way n1 n2"};
    }
    if (request.shape.starts_with(isolate)) {
        return isolated(plan, request);
    }
    if (const auto shape = shape_from(request.shape)) {
        return part(plan, nodes_of_shape(plan, request.words), *shape, request.seed);
    }
    const auto meant =
        did_you_mean(request.shape, {"halves", "bridge", "ring", "majority-ring", "isolate:NODE"});
    throw InputError{"there is no shape " + quoted(request.shape),
                     meant.empty() ? "the shapes: halves, bridge, ring, majority-ring, isolate:NODE"
                                   : meant};
}

Cut cut_of(const Lab& lab, const FaultRequest& request) {
    if (!request.shape.empty() || request.one_way || request.words.size() != 2) {
        throw InputError{"--cut is between two sides, both ways", "netlab partition --cut n1 n5"};
    }
    return cut_between(lab, select_side(lab.plan, request.words[0]),
                       select_side(lab.plan, request.words[1]), request.cheapest);
}

std::vector<std::string> names_of(const Plan& plan, const std::vector<NodeId>& nodes) {
    std::vector<std::string> names;
    for (const auto id : nodes) {
        names.push_back(plan.nodes[index(id)].name);
    }
    return names;
}

FaultAnswer describe(const Plan& plan, const Fault& fault) {
    FaultAnswer answer{fault.id, std::string{to_string(fault.kind)}, fault.what, fault.command};
    answer.since = std::chrono::duration<double>{fault.since.time_since_epoch()}.count();
    for (const auto& one : fault.separations) {
        answer.apart.emplace_back(names_of(plan, one.from), names_of(plan, one.to));
    }
    for (const auto id : fault.links) {
        answer.links.push_back(plan.links[index(id)].name);
    }
    answer.nodes = names_of(plan, fault.nodes);
    answer.refusal = fault.refusal;
    return answer;
}

/// One frame for each, because a large lab's may fill one.
std::vector<std::string> frames_of(const Plan& plan, const std::vector<Fault>& faults) {
    std::vector<std::string> frames;
    for (std::size_t i = 0; i < std::max<std::size_t>(faults.size(), 1); ++i) {
        Reply reply;
        if (!faults.empty()) {
            reply.faults.push_back(describe(plan, faults[i]));
        }
        reply.last = i + 1 >= faults.size();
        frames.push_back(to_json(reply));
    }
    return frames;
}

Healed carry_out(const Lab& lab, Faults& faults, const Request& request) {
    const auto& fault = request.fault;
    if (request.kind == Request::Kind::part && fault.cut) {
        return {{faults.cut(cut_of(lab, fault), fault.name, request.command)}, {}};
    }
    if (request.kind == Request::Kind::part) {
        return {{faults.part(partition_of(lab.plan, fault), fault.name, request.command)}, {}};
    }
    if (request.kind == Request::Kind::heal) {
        return faults.heal(fault.words, fault.all);
    }
    return {faults.list(), {}};
}

} // namespace

HeldReply answer_faults(const Lab& lab, Faults& faults, const Request& request) {
    try {
        auto [about, plugged_in] = carry_out(lab, faults, request);
        return {frames_of(lab.plan, about), std::move(plugged_in)};
    } catch (const InputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        return HeldReply{error};
    }
}

} // namespace netlab
