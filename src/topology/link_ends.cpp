#include "topology/link_ends.h"

#include "base/hostlist.h"
#include "base/quote.h"
#include "topology/address_values.h"
#include "topology/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view end_form =
    R"(an endpoint is "h1", "h1:eth0" or { "node": "h1", "interface": "eth0" })";
constexpr std::string_view long_form =
    R"(a link's own properties go into its long form: { "endpoints": ["h1", "h2"], "delay": "10ms" })";

std::optional<std::vector<std::string>> expand(std::string_view text, Span span,
                                               std::size_t& budget, Input& input) {
    auto list = expand_hostlist(text, std::min(budget, most_nodes));
    if (!list.error.empty()) {
        const bool too_many = list.error.find("more than") != std::string::npos;
        input.diagnostics.error(span, fmt::format("{}: {}", quoted(text), list.error),
                                too_many ? "" : "a range looks like h[1-3] or h[01-12,20]");
        return std::nullopt;
    }
    budget -= list.names.size();
    return std::move(list.names);
}

bool expand_nodes(std::string_view text, Span span, NodeTable& table, std::size_t& budget,
                  WrittenEnd& end, Input& input) {
    if (table.refused.contains(std::string{text})) {
        return false;
    }
    const auto names = expand(text, span, budget, input);
    if (!names) {
        return false;
    }
    const auto among =
        has_range(text) ? fmt::format(", which is one of {}", quoted(text)) : std::string{};
    for (const auto& name : *names) {
        const auto id = table.want(name, span, input, among);
        if (!id) {
            return false;
        }
        end.nodes.push_back(*id);
    }
    return true;
}

bool expand_interfaces(std::string_view text, Span span, std::size_t& budget, WrittenEnd& end,
                       Input& input) {
    auto names = expand(text, span, budget, input);
    if (!names) {
        return false;
    }
    for (const auto& name : *names) {
        if (const auto why = why_not_interface_name(name); !why.empty()) {
            input.diagnostics.error(span,
                                    fmt::format("the interface name {} {}", quoted(name), why));
            return false;
        }
    }
    end.interfaces = std::move(*names);
    return true;
}

/// Makes nodes and interfaces equally many: `sw:p[1-3]` is three ends of one switch.
bool match_lengths(WrittenEnd& end, Span span, Input& input) {
    const auto nodes = end.nodes.size();
    const auto interfaces = end.interfaces.size();
    if (interfaces <= 1 || interfaces == nodes) {
        return true;
    }
    if (nodes == 1) {
        end.nodes.assign(interfaces, end.nodes.front());
        return true;
    }
    input.diagnostics.error(
        span,
        fmt::format("{} names {} nodes but {} interfaces", quoted(end.text), nodes, interfaces),
        "one interface for all of them, or one for each");
    return false;
}

/// What depends on the kind of the nodes.
void check_nodes(const WrittenEnd& end, const NodeTable& table, Span span, Input& input) {
    const auto is_switch = [&](NodeId id) {
        return table.nodes[index(id)].kind == NodeKind::network_switch;
    };
    const auto found = std::find_if(end.nodes.begin(), end.nodes.end(), is_switch);
    if (found == end.nodes.end()) {
        return;
    }
    if (std::find(end.interfaces.begin(), end.interfaces.end(), "br0") != end.interfaces.end()) {
        input.uncertain = true;
        input.diagnostics.error(span, "'br0' is the switch's own bridge",
                                "give this interface another name");
    }
    for (const auto* address : {&end.settings.ipv4, &end.settings.ipv6}) {
        if (address->address) {
            input.uncertain = true;
            input.diagnostics.error(address->span,
                                    fmt::format("{} is a switch, whose ports have no addresses",
                                                quoted(table.nodes[index(*found)].name)));
        }
    }
}

bool expand_text(std::string_view node, std::string_view interface, bool named, Span node_span,
                 Span interface_span, NodeTable& table, std::size_t& budget, WrittenEnd& end,
                 Input& input) {
    const bool nodes_good = expand_nodes(node, node_span, table, budget, end, input);
    const bool interfaces_good =
        !named || expand_interfaces(interface, interface_span, budget, end, input);
    if (!nodes_good || !interfaces_good || !match_lengths(end, end.settings.span, input)) {
        return false;
    }
    check_nodes(end, table, end.settings.span, input);
    return true;
}

bool read_short(const Value& value, NodeTable& table, std::size_t& budget, WrittenEnd& end,
                Input& input) {
    const std::string_view text = *value.as_string();
    end.text = text;
    const auto colon = text.find(':');
    const auto node = text.substr(0, colon);
    const bool named = colon != std::string_view::npos;
    const auto interface = named ? text.substr(colon + 1) : std::string_view{};
    if (node.empty()) {
        input.diagnostics.error(value.span,
                                fmt::format("the endpoint {} names no node", quoted(text)),
                                std::string{end_form});
        return false;
    }
    return expand_text(node, interface, named, value.span, value.span, table, budget, end, input);
}

void read_settings(Fields& fields, TraceFiles& traces, WrittenEnd& end, Input& input) {
    auto& settings = end.settings;
    if (const auto* member = fields.take("ipv4")) {
        settings.ipv4 =
            input.shaping([&] { return read_end_address(member->value, Family::ipv4, input); });
    }
    if (const auto* member = fields.take("ipv6")) {
        settings.ipv6 =
            input.shaping([&] { return read_end_address(member->value, Family::ipv6, input); });
    }
    if (const auto* member = fields.take("mac")) {
        settings.mac = input.shaping([&] { return read_mac(member->value, input); });
        settings.mac_span = member->value.span;
    }
    end.impairments = read_impairments(fields, traces, input);
}

bool read_object(const Value& value, NodeTable& table, TraceFiles& traces, std::size_t& budget,
                 WrittenEnd& end, Input& input) {
    Fields fields{*value.as_map(), "an endpoint", input};
    const auto* node = fields.take("node");
    const auto* interface = fields.take("interface");
    read_settings(fields, traces, end, input);
    fields.refuse_rest();
    if (node == nullptr && fields.has_near("node")) {
        return false;
    }
    if (node == nullptr) {
        const bool is_of_link = !end.impairments.properties.empty();
        input.diagnostics.error(value.span, "an endpoint needs 'node'",
                                std::string{is_of_link ? long_form : end_form});
        return false;
    }
    const auto* node_text = want_string(node->value, "'node'", input);
    const auto* interface_text =
        interface == nullptr ? nullptr : want_string(interface->value, "'interface'", input);
    if (node_text == nullptr || (interface != nullptr && interface_text == nullptr)) {
        return false;
    }
    if (const auto colon = node_text->find(':'); colon != std::string::npos) {
        input.diagnostics.error(node->value.span,
                                fmt::format("{} is not a node name", quoted(*node_text)),
                                "the interface of an endpoint object goes into 'interface'");
        return false;
    }
    end.text = interface_text == nullptr ? *node_text : *node_text + ":" + *interface_text;
    return expand_text(*node_text, interface_text == nullptr ? "" : *interface_text,
                       interface_text != nullptr, node->value.span,
                       interface == nullptr ? value.span : interface->value.span, table, budget,
                       end, input);
}

} // namespace

Endpoint WrittenEnd::at(std::size_t i) const {
    Endpoint end = settings;
    end.node = nodes.size() == 1 ? nodes.front() : nodes[i];
    if (!interfaces.empty()) {
        end.interface = interfaces.size() == 1 ? interfaces.front() : interfaces[i];
    }
    return end;
}

std::optional<WrittenEnd> read_end(const Value& value, NodeTable& table, TraceFiles& traces,
                                   std::size_t& budget, Input& input) {
    WrittenEnd end;
    end.settings.span = value.span;
    bool good = false;
    if (value.as_string() != nullptr) {
        good = read_short(value, table, budget, end, input);
    } else if (value.as_map() != nullptr) {
        good = read_object(value, table, traces, budget, end, input);
    } else {
        const bool number = value.as_number() != nullptr;
        refuse_type(value, "an endpoint", "a string or an object", input,
                    number ? fmt::format("put it in quotes: \"{}\"",
                                         printable(input.written(value.span), 40))
                           : std::string{end_form});
    }
    return good ? std::optional{std::move(end)} : std::nullopt;
}

} // namespace netlab
