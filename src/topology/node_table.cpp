#include "topology/node_table.h"

#include "base/hostlist.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/names.h"
#include "topology/node_clock.h"
#include "topology/node_places.h"
#include "topology/node_values.h"
#include "topology/report_once.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace netlab {

namespace {

/// What all nodes together may copy out of keys, groups and defaults: `h[1-65536]` must not turn a
/// file of megabytes into terabytes.
constexpr std::size_t most_bytes = 256U << 20U;

struct Group {
    NodeSettings settings;
    Span span;
};

std::string with_article(NodeKind kind) {
    return kind == NodeKind::internet ? "a way out (\"internet\")"
                                      : fmt::format("a {}", to_string(kind));
}

class NodeReader {
public:
    NodeReader(Input& input, NodeTable& table)
        : input_{input}, table_{table}, once_{input.diagnostics} {}

    void read_defaults(const Value& value) {
        defaults_ = read_node_settings(value, "'defaults.node'", Layer::defaults, input_);
    }
    void read_groups(const Map& groups);
    void read(const Map& nodes);

private:
    void read_key(const Member& member);
    std::vector<std::string> expand(const Member& member);
    bool add_name(const std::string& name, const Member& member, std::size_t& repeated);
    NodeSettings settle(const Member& member);
    NodeSettings with_group(NodeSettings own);
    void refuse_group(const Said<std::string>& group);
    void check_kind(const NodeSettings& own, NodeKind kind);
    void check_daemons(const NodeSettings& own, NodeKind kind);
    Node make_node(const NodeSettings& settings, Span span) const;

    Input& input_;
    NodeTable& table_;
    ReportOnce once_;
    NodeSettings defaults_;
    std::map<std::string, Group> groups_;
    std::vector<std::string> group_names_;
    std::size_t expanded_ = 0;
    std::size_t bytes_ = 0;
    bool full_ = false;
};

void NodeReader::read_groups(const Map& groups) {
    for (const auto& member : groups.members) {
        if (const auto why = why_not_label(member.key); !why.empty()) {
            input_.diagnostics.error(member.key_span,
                                     fmt::format("the group name {} {}", quoted(member.key), why));
        }
        groups_[member.key] = {read_node_settings(member.value,
                                                  fmt::format("group {}", quoted(member.key)),
                                                  Layer::group, input_),
                               member.key_span};
        group_names_.push_back(member.key);
    }
}

void NodeReader::read(const Map& nodes) {
    table_.nodes.reserve(nodes.members.size());
    table_.ids.reserve(nodes.members.size());
    for (const auto& member : nodes.members) {
        read_key(member);
    }
}

void NodeReader::read_key(const Member& member) {
    const auto settings = settle(member);
    const auto names =
        full_ ? std::vector<std::string>{} : input_.shaping([&] { return expand(member); });
    auto node = make_node(settings, member.key_span);
    std::size_t repeated = 0;
    for (const auto& name : names) {
        bytes_ += sizeof(Node) + settings.bytes;
        if (bytes_ > most_bytes) {
            input_.diagnostics.error(
                member.key_span, "the nodes up to this one take more than 256 MiB",
                "keep large files out of ranges and groups; 'binds' shares them");
            full_ = input_.uncertain = true;
            return;
        }
        if (!add_name(name, member, repeated)) {
            continue;
        }
        node.name = name;
        table_.nodes.push_back(node);
        for (const auto& route : settings.routes.value_or(std::vector<RouteDraft>{})) {
            table_.routes.push_back({node_id(table_.nodes.size() - 1), route});
        }
        for (const auto& draft : settings.depends_on.value_or(std::vector<DependencyDraft>{})) {
            table_.dependencies.push_back({node_id(table_.nodes.size() - 1), draft});
        }
    }
}

std::vector<std::string> NodeReader::expand(const Member& member) {
    auto list = expand_hostlist(member.key, most_nodes - expanded_);
    if (!list.error.empty()) {
        const bool too_many = list.error.find("more than") != std::string::npos;
        full_ = full_ || too_many;
        table_.refused.insert(member.key);
        input_.diagnostics.error(member.key_span,
                                 too_many ? fmt::format("a lab has at most {} nodes", most_nodes)
                                          : fmt::format("{}: {}", quoted(member.key), list.error),
                                 too_many ? "" : "a range looks like h[1-3] or h[01-12,20]");
        return {};
    }
    expanded_ += list.names.size();
    full_ = expanded_ >= most_nodes && full_;
    for (const auto& name : list.names) {
        if (const auto why = why_not_node_name(name); !why.empty()) {
            auto better = as_name(name, 63);
            if (better == name && better.front() >= '0' && better.front() <= '9') {
                better = "n" + better; // of an address
            }
            input_.diagnostics.error(
                member.key_span, fmt::format("the node name {} {}", quoted(name), why),
                better.empty() || better == name ? ""
                                                 : fmt::format("for example {}", quoted(better)));
            table_.refused.insert(list.names.begin(), list.names.end());
            return {};
        }
    }
    return std::move(list.names);
}

bool NodeReader::add_name(const std::string& name, const Member& member, std::size_t& repeated) {
    const auto [first, is_new] = table_.ids.try_emplace(name, node_id(table_.nodes.size()));
    if (is_new) {
        return true;
    }
    // One complaint for a key: a thousand nodes defined twice are one mistake.
    if (++repeated == 1) {
        input_.uncertain = true;
        const auto earlier = table_[first->second].span;
        input_.diagnostics
            .error(member.key_span,
                   earlier == member.key_span
                       ? fmt::format("{} names the node {} twice", quoted(member.key), quoted(name))
                       : fmt::format("the node {} is defined a second time", quoted(name)))
            .notes.push_back({earlier, "first defined here"});
    }
    return false;
}

NodeSettings NodeReader::with_group(NodeSettings own) {
    if (!own.group) {
        return own;
    }
    const auto group = groups_.find(own.group->value);
    if (group == groups_.end()) {
        refuse_group(*own.group);
        return own;
    }
    // Of a node that there is no room for, only the mistakes count.
    return full_ ? own : merged(own, group->second.settings);
}

void NodeReader::refuse_group(const Said<std::string>& group) {
    std::string hint;
    if (input_.diagnostics.error_count() < most_hints) {
        hint = did_you_mean(group.value, group_names_);
    }
    if (hint.empty()) {
        hint = group_names_.empty() ? "groups are defined in 'groups', at the top level"
                                    : "the groups are " + printable(first_words(group_names_));
    }
    input_.diagnostics.error(group.span, fmt::format("there is no group {}", quoted(group.value)),
                             std::move(hint));
    input_.uncertain = true; // it may have had a 'kind'
}

NodeSettings NodeReader::settle(const Member& member) {
    const auto where = fmt::format("node {}", quoted(member.key));
    const auto own = with_group(read_node_settings(member.value, where, Layer::node, input_));
    auto all = full_ ? own : merged(own, defaults_);
    const auto kind = all.kind ? all.kind->value : NodeKind::host;
    check_kind(own, kind);
    // Defaults are for the nodes that can have them.
    if (kind == NodeKind::network_switch) {
        all.routes.reset();
        all.loopback.reset();
        all.publish.reset();
    } else {
        all.stp.reset();
        all.ageing.reset();
    }
    if (kind != NodeKind::router) {
        all.daemons.reset();
        all.asn.reset();
    }
    check_places(all, once_);
    check_clock(all, once_);
    return all;
}

void NodeReader::check_kind(const NodeSettings& own, NodeKind kind) {
    check_daemons(own, kind);
    if (kind == NodeKind::network_switch) {
        constexpr auto hint = "a switch forwards frames and has no addresses; a router has";
        if (own.routes && !own.routes->empty()) {
            once_.error(own.routes->front().request.span, "a switch has no routes", hint);
        }
        if (own.loopback && !own.loopback->empty()) {
            once_.error(own.loopback->front().span, "a switch has no loopback addresses", hint);
        }
        if (own.publish && !own.publish->empty()) {
            once_.error(own.publish->front().span, "a switch has no ports to publish", hint);
        }
        return;
    }
    const auto hint = fmt::format("this node is {}; write \"kind\": \"switch\" to make it one",
                                  with_article(kind));
    if (own.stp) {
        once_.error(own.stp->span, "'stp' is for switches", hint);
    }
    if (own.ageing) {
        once_.error(own.ageing->span, "'ageing' is for switches", hint);
    }
}

void NodeReader::check_daemons(const NodeSettings& own, NodeKind kind) {
    if (kind == NodeKind::router) {
        return;
    }
    const auto hint = fmt::format("this node is {}; write \"kind\": \"router\" to make it one",
                                  with_article(kind));
    if (own.daemons && own.daemons->value.any()) {
        once_.error(own.daemons->span, "'daemons' are for routers", hint);
    }
    if (own.asn) {
        once_.error(own.asn->span, "'asn' is for routers", hint);
    }
}

Node NodeReader::make_node(const NodeSettings& settings, Span span) const {
    Node node;
    node.span = span;
    node.kind = settings.kind ? settings.kind->value : NodeKind::host;
    node.group = settings.group ? settings.group->value : "";
    node.labels = settings.labels.value_or(std::vector<std::string>{});
    node.position = settings.position;
    node.loopback = settings.loopback.value_or(std::vector<LoopbackAddress>{});
    node.sysctls = settings.sysctls;
    for (const auto& variable : settings.env) {
        node.env[variable.name] = variable.value;
    }
    node.user = settings.user.value_or("");
    node.workdir = settings.workdir.value_or("");
    node.binds = settings.binds.value_or(std::vector<Bind>{});
    node.private_directories =
        settings.private_directories.value_or(std::vector<PrivateDirectory>{});
    node.files = settings.files;
    node.exec = settings.exec.value_or(std::vector<Command>{});
    node.run = settings.run.value_or(std::vector<Service>{});
    node.publish = settings.publish.value_or(std::vector<PublishedPort>{});
    node.root = settings.root.value_or(RootRequest{});
    node.limits = limits_of(settings.limits);
    node.limits_span = settings.limits.span;
    node.clock = clock_of(settings.clock);
    node.clock_span = settings.clock.span;
    if (settings.daemons) {
        node.daemons = settings.daemons->value;
    }
    if (settings.asn) {
        node.daemons.asn = settings.asn->value;
        node.daemons.asn_span = settings.asn->span;
    }
    if (settings.stp) {
        node.stp = settings.stp->value;
        node.stp_span = settings.stp->span;
    }
    if (settings.ageing) {
        node.ageing = settings.ageing->value;
    }
    return node;
}

} // namespace

std::optional<NodeId> NodeTable::want(const std::string& name, Span span, Input& input,
                                      const std::string& among) {
    if (const auto found = ids.find(name); found != ids.end()) {
        return found->second;
    }
    if (refused.contains(name)) {
        return std::nullopt;
    }
    std::string hint;
    if (among.empty() && input.diagnostics.error_count() < most_hints) {
        std::vector<std::string> names;
        names.reserve(nodes.size());
        std::transform(nodes.begin(), nodes.end(), std::back_inserter(names),
                       [](const Node& node) { return node.name; });
        hint = did_you_mean(name, names);
    }
    input.diagnostics.error(span, fmt::format("there is no node {}{}", quoted(name), among),
                            std::move(hint));
    return std::nullopt;
}

namespace {

const Map* want_nodes(const Member& nodes, Input& input) {
    const auto* map =
        want_map(nodes.value, "'nodes'", input, R"({ "h1": {}, "r1": { "kind": "router" } })");
    if (map == nullptr) {
        return nullptr;
    }
    if (map->members.empty()) {
        input.diagnostics.error(nodes.value.span, "a lab needs at least one node",
                                R"({ "h1": {} })");
    } else if (map->members.size() > most_nodes) {
        input.diagnostics.error(nodes.key_span,
                                fmt::format("a lab has at most {} nodes", most_nodes));
        return nullptr;
    }
    return map;
}

} // namespace

NodeTable read_nodes(const Member* nodes, const Member* groups, const Member* node_defaults,
                     Input& input) {
    NodeTable table;
    NodeReader reader{input, table};
    if (node_defaults != nullptr) {
        reader.read_defaults(node_defaults->value);
    }
    if (groups != nullptr) {
        if (const auto* map =
                input.shaping([&] { return want_map(groups->value, "'groups'", input); })) {
            reader.read_groups(*map);
        }
    }
    const auto* map =
        nodes == nullptr ? nullptr : input.shaping([&] { return want_nodes(*nodes, input); });
    if (map != nullptr) {
        reader.read(*map);
    }
    return table;
}

} // namespace netlab
