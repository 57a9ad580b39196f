#include "topology/load_topology.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "document/parse_document.h"
#include "topology/address_values.h"
#include "topology/daemons.h"
#include "topology/dependencies.h"
#include "topology/fields.h"
#include "topology/known_keys.h"
#include "topology/links.h"
#include "topology/names.h"
#include "topology/node_table.h"
#include "topology/pending_routes.h"
#include "topology/published_ports.h"

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t longest_lab_name = 32;

std::string name_from_file(const Source& source) {
    auto name = as_name(std::filesystem::path{source.name()}.stem().string(), longest_lab_name);
    return name.empty() ? "lab" : name;
}

std::string read_name(const Member* member, Input& input) {
    const auto* text = member == nullptr ? nullptr : want_string(member->value, "'name'", input);
    if (text == nullptr) {
        return name_from_file(input.source);
    }
    if (const auto why = why_not_lab_name(*text); !why.empty()) {
        const auto better = as_name(*text, longest_lab_name);
        input.diagnostics.error(member->value.span,
                                fmt::format("the lab name {} {}", quoted(*text), why),
                                better.empty() ? "" : fmt::format("for example \"{}\"", better));
    }
    return *text;
}

std::string read_description(const Member* member, Input& input) {
    const auto* text =
        member == nullptr ? nullptr : want_string(member->value, "'description'", input);
    return text == nullptr ? std::string{} : *text;
}

struct Defaults {
    const Member* node = nullptr;
    const Member* link = nullptr;
};

Defaults read_defaults(const Member* member, Input& input) {
    const auto* map = member == nullptr ? nullptr
                                        : want_map(member->value, "'defaults'", input,
                                                   R"({ "node": {}, "link": { "mtu": 9000 } })");
    if (map == nullptr) {
        return {};
    }
    Fields fields{*map, "'defaults'", input};
    const Defaults defaults{fields.take("node"), fields.take("link")};
    fields.refuse_rest();
    return defaults;
}

Topology read_topology(const Value& root, const Map& map, Input& input) {
    Fields fields{map, "the topology", input};
    Topology topology;
    topology.name = read_name(fields.take("name"), input);
    topology.description = read_description(fields.take("description"), input);
    topology.addressing =
        input.shaping([&] { return read_addressing(fields.take("addressing"), input); });
    const auto* routing = fields.take("routing");
    topology.routing = read_routing(routing, input);
    const auto defaults =
        input.shaping([&] { return read_defaults(fields.take("defaults"), input); });
    const auto* groups = fields.take("groups");
    const auto* nodes = fields.take("nodes");
    const auto* links = fields.take("links");
    input.shaping([&] { fields.refuse_rest(); });
    if (nodes == nullptr && !fields.has_near("nodes")) {
        input.uncertain = true;
        input.diagnostics.error({root.span.begin, root.span.begin + 1},
                                "the topology has no 'nodes'",
                                R"(the least that works is { "nodes": { "h1": {} } })");
    }
    auto table = read_nodes(nodes, groups, defaults.node, input);
    topology.links = read_links(links, defaults.link, table, topology.addressing, input);
    settle_routes(table, topology.links, input);
    settle_dependencies(table, input);
    settle_published_ports(table.nodes, input);
    topology.nodes = std::move(table.nodes);
    settle_daemons(topology.routing, routing == nullptr ? Span{} : routing->value.span,
                   topology.nodes, input);
    topology.uncertain = input.uncertain;
    return topology;
}

Topology nothing_certain() {
    Topology topology;
    topology.uncertain = true;
    return topology;
}

} // namespace

Topology load_topology(const Source& source, const std::filesystem::path& directory,
                       Diagnostics& diagnostics) {
    const auto document = parse_document(source, syntax_of(source.name()), diagnostics);
    Input input{source, directory, diagnostics, diagnostics.has_errors()};
    const auto* map = document.root ? want_map(*document.root, "a topology", input,
                                               R"({ "nodes": { "h1": {} } })")
                                    : nullptr;
    return map == nullptr ? nothing_certain() : read_topology(*document.root, *map, input);
}

} // namespace netlab
