#include "trial/actions.h"

#include "base/diagnostic.h"
#include "control/pause.h"
#include "control/ways_out.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace netlab {

namespace {

using nlohmann::json;

LinkVerb verb_of(LinkWord word) {
    constexpr std::array verbs{LinkVerb::set, LinkVerb::reset, LinkVerb::clear, LinkVerb::down,
                               LinkVerb::up};
    return verbs.at(static_cast<std::size_t>(word));
}

json change_links(LinkWord word, const std::vector<std::string>& targets,
                  const Properties& properties) {
    return {{"do", "links"},
            {"word", static_cast<int>(word)},
            {"targets", targets},
            {"properties", properties}};
}

/// What takes a property away.
std::string nothing_of(const std::string& property) {
    return property == "delay" || property == "jitter"                       ? "0ms"
           : property == "distribution"                                      ? "uniform"
           : property == "rate" || property == "queue" || property == "seed" ? "none"
                                                                             : "0%";
}

/// The named properties as they were at each end.
json restore(const std::vector<LinkAnswer>& before, const Properties& changed) {
    auto changes = json::array();
    for (const auto& link : before) {
        for (const auto& end : link.ends) {
            Properties old;
            for (const auto& [key, value] : changed) {
                const auto was = std::ranges::find_if(
                    end.now, [&, &name = key](const auto& one) { return one.first == name; });
                old.emplace_back(key, was == end.now.end() ? nothing_of(key) : was->second);
            }
            const std::vector<std::string> target{end.node + ":" + end.interface};
            changes.push_back(end.now.empty() ? change_links(LinkWord::clear, target, {})
                                              : change_links(LinkWord::set, target, old));
        }
    }
    return changes;
}

json undo_of(const LinkAction& action, const std::vector<LinkAnswer>& before) {
    if (action.word == LinkWord::set) {
        return restore(before, action.properties);
    }
    return action.word == LinkWord::down
               ? json::array({change_links(LinkWord::up, action.targets, {})})
               : json::array();
}

/// NODE or NODE/SERVICE.
struct NodeTarget {
    std::string nodes;
    std::string service;
};

std::vector<NodeTarget> parse_targets(const std::vector<std::string>& targets) {
    std::vector<NodeTarget> parsed;
    for (const auto& text : targets) {
        const auto slash = text.find('/');
        parsed.push_back(
            {text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1)});
    }
    return parsed;
}

/// Whole nodes in one request, so that they end and start together; services one by one.
template <class Ask>
void each_group(const std::vector<std::string>& targets, const Ask& ask) {
    std::vector<std::string> nodes;
    for (const auto& target : parse_targets(targets)) {
        if (target.service.empty()) {
            nodes.push_back(target.nodes);
        } else {
            ask({target.nodes}, target.service);
        }
    }
    if (!nodes.empty()) {
        ask(nodes, "");
    }
}

json change_nodes(NodeWord word, const std::vector<std::string>& targets, bool wipe = false) {
    return {
        {"do", "nodes"}, {"word", static_cast<int>(word)}, {"targets", targets}, {"wipe", wipe}};
}

void stop(LabClient& client, const NodeAction& action) {
    const auto patience =
        std::chrono::ceil<std::chrono::milliseconds>(action.timeout.value_or(Duration{0}));
    each_group(action.targets, [&](const std::vector<std::string>& nodes, const std::string& one) {
        client.stop(nodes, one, patience);
    });
}

void start(LabClient& client, const NodeAction& action) {
    make_ways_out(client);
    each_group(action.targets, [&](const std::vector<std::string>& nodes, const std::string& one) {
        client.start(nodes, one, action.wipe);
    });
}

/// What is to be said of it.
std::string kill(LabClient& client, const NodeAction& action) {
    std::string said;
    for (const auto& node : client.kill(action.targets)) {
        if (!node.lost_files.empty()) {
            said += fmt::format("{}the files of node {} are lost: {}", said.empty() ? "" : "; ",
                                node.name, node.lost_files);
        }
    }
    return said;
}

/// Returns what is to be said of it.
std::string change(LabClient& client, const NodeAction& action) {
    switch (action.word) {
    case NodeWord::pause:
        pause_nodes(client, action.targets);
        break;
    case NodeWord::resume:
        resume_nodes(client, action.targets);
        break;
    case NodeWord::kill:
        return kill(client, action);
    case NodeWord::stop:
        stop(client, action);
        break;
    case NodeWord::start:
        start(client, action);
        break;
    case NodeWord::restart:
        stop(client, action);
        start(client, action);
        break;
    }
    return {};
}

json undo_of(const NodeAction& action) {
    switch (action.word) {
    case NodeWord::pause:
        return json::array({change_nodes(NodeWord::resume, action.targets)});
    case NodeWord::kill:
        return json::array({change_nodes(NodeWord::start, action.targets)});
    case NodeWord::stop:
        return json::array({change_nodes(NodeWord::start, action.targets)});
    default:
        return json::array();
    }
}

} // namespace

Done carry_out(LabClient& client, const std::string& name, const LinkAction& action) {
    (void)name; // links have names of their own
    const auto before = client.links(action.targets);
    client.change_links({verb_of(action.word), action.targets, action.properties});
    return {{"undo", undo_of(action, before)}, {"said", ""}};
}

Done carry_out(LabClient& client, const std::string& name, const NodeAction& action) {
    (void)name;
    auto said = change(client, action);
    return {{"undo", undo_of(action)}, {"said", std::move(said)}};
}

void undo(LabClient& client, const Changes& changes) {
    for (const auto& one : changes) {
        if (one.at("do") == "links") {
            client.change_links({verb_of(static_cast<LinkWord>(one.at("word").get<int>())),
                                 one.at("targets").get<std::vector<std::string>>(),
                                 one.at("properties").get<Properties>()});
        } else if (one.at("do") == "heal") {
            FaultRequest request;
            request.words = {one.at("id").get<std::string>()};
            for (const auto& fault : client.heal(request)) {
                if (!fault.refusal.empty()) {
                    throw std::runtime_error{fault.id + " is not healed: " + fault.refusal};
                }
            }
        } else if (one.at("do") == "clock") {
            undo_clock(client, one);
        } else if (one.at("do") == "nodes") {
            NodeAction action;
            action.word = static_cast<NodeWord>(one.at("word").get<int>());
            action.targets = one.at("targets").get<std::vector<std::string>>();
            action.wipe = one.at("wipe").get<bool>();
            change(client, action);
        }
    }
}

} // namespace netlab
