#include "base/nearest_word.h"
#include "base/quote.h"
#include "scenario/step_readers.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

void read_target(const Value& value, bool services, NodeAction& action, Reading& reading) {
    const auto* list = value.as_list();
    const List single{list == nullptr ? List{value} : List{}};
    for (const auto& item : list == nullptr ? single : *list) {
        const auto* text = want_string(item, "a target", reading.input);
        if (text == nullptr) {
            continue;
        }
        const auto slash = services ? text->find('/') : std::string::npos;
        const auto ids = nodes_of(text->substr(0, slash), item.span, reading);
        if (!ids) {
            continue;
        }
        action.targets.push_back(*text);
        if (slash != std::string::npos) {
            refuse_unknown_service(*ids, text->substr(slash + 1), item.span, reading);
        }
    }
}

} // namespace

void refuse_unknown_service(const std::vector<NodeId>& nodes, const std::string& service, Span span,
                            Reading& reading) {
    for (const auto id : nodes) {
        const auto& node = reading.names.topology.nodes[index(id)];
        std::vector<std::string> names;
        for (const auto& one : node.run) {
            names.push_back(one.name);
        }
        // Routing daemons are services, too, that only the plan knows.
        if (node.daemons.any() || std::ranges::find(names, service) != names.end()) {
            continue;
        }
        auto hint = did_you_mean(service, names);
        if (hint.empty()) {
            hint = names.empty() ? "it has none" : "its services: " + first_words(names);
        }
        reading.diagnostics().error(
            span, fmt::format("node {} has no service {}", quoted(node.name), quoted(service)),
            std::move(hint));
        return;
    }
}

void read_node_word(NodeWord word, const Value& value, Step& step, Reading& reading) {
    NodeAction action;
    action.word = word;
    const bool services =
        word == NodeWord::start || word == NodeWord::stop || word == NodeWord::restart;
    const auto* map = value.as_map();
    if (map == nullptr) {
        read_target(value, services, action, reading);
        step.action = std::move(action);
        return;
    }
    Keys keys{*map, quoted(step.verb), reading};
    if (const auto* node = keys.need("node", value.span)) {
        read_target(node->value, services, action, reading);
    }
    if (word == NodeWord::start) {
        const auto* wipe = keys.take("wipe");
        action.wipe =
            wipe != nullptr && want_bool(wipe->value, "'wipe'", reading.input).value_or(false);
    }
    if (word == NodeWord::stop || word == NodeWord::restart) {
        if (const auto* timeout = keys.take("timeout")) {
            action.timeout = read_duration(timeout->value, "'timeout'", reading, 1ms, 1h);
        }
    }
    if (word == NodeWord::pause || word == NodeWord::kill || word == NodeWord::stop) {
        read_fault_keys(keys, step, reading);
    }
    keys.refuse_rest();
    step.action = std::move(action);
}

} // namespace netlab
