#include "scenario/reading.h"

#include "base/hostlist.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/names.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Words of other programs and of everyday speech.
constexpr std::pair<std::string_view, std::string_view> synonyms[] = {
    {"run", "command"},       {"cmd", "command"},        {"nodes", "node"},
    {"on", "node"},           {"stdout", "output"},      {"stderr", "errors"},
    {"timeout", "within"},    {"duration", "for"},       {"id", "as"},
    {"title", "name"},        {"exit_code", "exit"},     {"regex", "matches"},
    {"includes", "contains"}, {"not_contains", "lacks"}, {"score", "points"},
    {"loop", "repeat"},       {"sleep", "wait"},         {"assert", "expect"},
    {"not_equals", "lacks"},  {"count", "times"}};

std::string hint_for(std::string_view key, const std::vector<std::string>& known,
                     const std::string& where) {
    if (auto meant = did_you_mean(key, known); !meant.empty()) {
        return meant;
    }
    for (const auto& [theirs, ours] : synonyms) {
        if (key == theirs && std::ranges::find(known, ours) != known.end()) {
            return fmt::format("the word for that is '{}'", ours);
        }
    }
    if (key == "at" || key == "not_before") {
        return fmt::format("'{}' stands beside the step, not in it", key);
    }
    auto sorted = known;
    std::ranges::sort(sorted);
    return fmt::format("{} may have: {}", where, fmt::join(sorted, ", "));
}

std::string duration_hint(const Value& value, Reading& reading) {
    return value.as_number() == nullptr
               ? "a duration looks like \"500ms\", \"10s\" or \"2m\""
               : fmt::format("write its unit: {}s",
                             printable(reading.input.written(value.span), 20));
}

std::vector<std::string> keys_of(const auto& names) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : names) {
        keys.push_back(key);
    }
    return keys;
}

void refuse_label(const std::string& label, Span span, Reading& reading) {
    const auto labels = keys_of(reading.names.labels);
    auto hint = did_you_mean(label, labels);
    if (hint.empty()) {
        hint = labels.empty() ? "no node has a label" : "its labels: " + first_words(labels);
    }
    reading.diagnostics().error(span, fmt::format("no node has the label {}", quoted(label)),
                                std::move(hint));
}

void refuse_node(const std::string& name, const std::string& pattern, Span span, Reading& reading) {
    const auto known = reading.names.node_names();
    auto hint = did_you_mean(name, known);
    reading.diagnostics().error(
        span,
        fmt::format("there is no node {}{}", quoted(name),
                    name == pattern ? "" : ", which " + quoted(pattern) + " names"),
        hint.empty() ? "the nodes: " + first_words(known) : std::move(hint));
}

} // namespace

LabNames::LabNames(const Topology& from) : topology{from} {
    for (std::size_t i = 0; i < from.nodes.size(); ++i) {
        nodes.emplace(from.nodes[i].name, node_id(i));
        for (const auto& label : from.nodes[i].labels) {
            labels[label].push_back(node_id(i));
        }
    }
    for (std::size_t i = 0; i < from.links.size(); ++i) {
        links.emplace(from.links[i].name, link_id(i));
        for (const auto& end : from.links[i].endpoints) {
            ends.insert(from.nodes[index(end.node)].name + ":" + end.interface);
        }
    }
}

std::vector<std::string> LabNames::node_names() const {
    std::vector<std::string> names;
    for (const auto& node : topology.nodes) {
        names.push_back(node.name);
    }
    return names;
}

const Member* Keys::take(std::string_view key) {
    known_.emplace_back(key);
    return map_.find(key);
}

const Member* Keys::need(std::string_view key, Span span, std::string_view hint) {
    const auto* member = take(key);
    const auto is_near = [&](const Member& other) {
        return !nearest_word(other.key, {std::string{key}}).empty();
    };
    if (member == nullptr && std::ranges::none_of(map_.members, is_near)) {
        reading_.diagnostics().error(span, fmt::format("{} needs '{}'", where_, key),
                                     std::string{hint});
    }
    return member;
}

void Keys::refuse_rest() const {
    for (const auto& member : map_.members) {
        if (std::ranges::find(known_, member.key) == known_.end()) {
            reading_.diagnostics().error(
                member.key_span, fmt::format("unknown key {} in {}", quoted(member.key), where_),
                hint_for(member.key, known_, where_));
        }
    }
}

std::optional<Duration> read_duration(const Value& value, std::string_view what, Reading& reading,
                                      Duration least, Duration most) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        refuse_type(value, what, "a duration", reading.input, duration_hint(value, reading));
        return std::nullopt;
    }
    const auto duration = parse_duration(*text);
    if (duration && *duration >= least && *duration <= most) {
        return duration;
    }
    const bool bare = !text->empty() && text->find_first_not_of("0123456789.") == std::string::npos;
    reading.diagnostics().error(
        value.span, fmt::format("{} cannot be {}", what, quoted(*text)),
        bare       ? fmt::format("write its unit: {}s", printable(*text, 20))
        : duration ? fmt::format("from {} to {}", to_string(least), to_string(most))
                   : "a duration looks like \"500ms\", \"10s\" or \"2m\"");
    return std::nullopt;
}

std::optional<std::string> read_time_or_range(const Value& value, std::string_view what,
                                              Reading& reading, Duration least) {
    const auto* text = value.as_string();
    const auto dots = text == nullptr ? std::string::npos : text->find("..");
    if (dots == std::string::npos) {
        return read_duration(value, what, reading, least) ? std::optional{*text} : std::nullopt;
    }
    const auto from = read_duration({value.span, text->substr(0, dots)}, what, reading, least);
    const auto to = from ? read_duration({value.span, text->substr(dots + 2)}, what, reading, *from)
                         : std::nullopt;
    return to ? std::optional{*text} : std::nullopt;
}

std::optional<std::vector<NodeId>> nodes_of(const std::string& pattern, Span span,
                                            Reading& reading) {
    const auto& names = reading.names;
    std::vector<NodeId> ids;
    if (pattern == "all") {
        for (std::size_t i = 0; i < names.topology.nodes.size(); ++i) {
            ids.push_back(node_id(i));
        }
        return ids;
    }
    if (pattern.starts_with('@')) {
        const auto found = names.labels.find(std::string_view{pattern}.substr(1));
        if (found == names.labels.end()) {
            refuse_label(pattern.substr(1), span, reading);
            return std::nullopt;
        }
        return found->second;
    }
    const auto list = expand_hostlist(pattern);
    if (!list.error.empty()) {
        reading.diagnostics().error(span, fmt::format("{}: {}", quoted(pattern), list.error),
                                    hostlist_form);
        return std::nullopt;
    }
    for (const auto& name : list.names) {
        const auto found = names.nodes.find(name);
        if (found == names.nodes.end()) {
            refuse_node(name, pattern, span, reading);
            return std::nullopt;
        }
        ids.push_back(found->second);
    }
    return ids;
}

NodePatterns read_nodes(const Value& value, std::string_view what, Reading& reading) {
    NodePatterns patterns;
    const auto* list = value.as_list();
    const List single{list == nullptr ? List{value} : List{}};
    for (const auto& item : list == nullptr ? single : *list) {
        const auto* text = want_string(item, what, reading.input);
        if (text != nullptr && nodes_of(*text, item.span, reading)) {
            patterns.push_back(*text);
        }
    }
    if (list != nullptr && list->empty()) {
        reading.diagnostics().error(value.span, fmt::format("{} names no node", what));
    }
    return patterns;
}

std::string read_node(const Value& value, std::string_view what, Reading& reading) {
    const auto* text = want_string(value, what, reading.input);
    const auto ids = text == nullptr ? std::nullopt : nodes_of(*text, value.span, reading);
    if (!ids) {
        return {};
    }
    if (ids->size() != 1) {
        reading.diagnostics().error(
            value.span,
            fmt::format("{} is one node, and {} are {}", what, quoted(*text), ids->size()),
            "one of them by chance: { \"any\": \"n[1-3]\" }");
        return {};
    }
    return reading.names.topology.nodes[index(ids->front())].name;
}

bool names_links(const std::string& pattern, bool ends, Span span, Reading& reading) {
    const auto& names = reading.names;
    if (pattern == "all") {
        return true;
    }
    const auto list = expand_hostlist(pattern);
    if (!list.error.empty()) {
        reading.diagnostics().error(span, fmt::format("{}: {}", quoted(pattern), list.error),
                                    hostlist_form);
        return false;
    }
    for (const auto& name : list.names) {
        if (names.links.contains(name) || names.ends.contains(name)) {
            continue;
        }
        auto known = keys_of(names.links);
        if (ends) {
            known.insert(known.end(), names.ends.begin(), names.ends.end());
        }
        auto hint = did_you_mean(name, known);
        reading.diagnostics().error(span, fmt::format("there is no link {}", quoted(name)),
                                    hint.empty() ? "the links: " + first_words(known)
                                                 : std::move(hint));
        return false;
    }
    return true;
}

std::string read_links(const Value& value, std::string_view what, bool ends, Reading& reading) {
    std::string text;
    for (const auto& pattern : read_texts(value, what, reading)) {
        if (!names_links(pattern, ends, value.span, reading)) {
            return {};
        }
        text += (text.empty() ? "" : " ") + pattern;
    }
    return text;
}

std::vector<std::string> read_texts(const Value& value, std::string_view what, Reading& reading) {
    std::vector<std::string> texts;
    const auto* list = value.as_list();
    const List single{list == nullptr ? List{value} : List{}};
    for (const auto& item : list == nullptr ? single : *list) {
        if (auto text = want_text(item, what, reading.input)) {
            texts.push_back(std::move(*text));
        }
    }
    return texts;
}

std::string read_name(const Value& value, std::string_view what, Reading& reading) {
    const auto* text = want_string(value, what, reading.input);
    if (text == nullptr) {
        return {};
    }
    if (const auto why = why_not_label(*text); !why.empty()) {
        reading.diagnostics().error(value.span, fmt::format("{} {} {}", what, quoted(*text), why));
        return {};
    }
    return *text;
}

} // namespace netlab
