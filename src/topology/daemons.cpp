#include "topology/daemons.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/report_once.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace netlab {

namespace {

const std::vector<std::string> daemon_names{"ospf", "ospf6", "bgp", "isis", "rip", "static"};

constexpr const char* list_hint =
    R"(write [] for none, or a list of "ospf", "ospf6", "bgp", "isis", "rip", "static")";

/// `ospf` is both: who writes it means that all pairs ping.
bool add_daemon(Daemons& daemons, std::string_view name) {
    daemons.ospf |= name == "ospf";
    daemons.ospf6 |= name == "ospf" || name == "ospf6";
    daemons.bgp |= name == "bgp";
    daemons.isis |= name == "isis";
    daemons.rip |= name == "rip";
    daemons.static_routes |= name == "static";
    return std::ranges::find(daemon_names, name) != daemon_names.end();
}

/// RFC 7607: 0 may not be used; RFC 6793: 23456 stands for numbers that do not fit 16 bits.
constexpr std::uint32_t as_trans = 23456;

} // namespace

std::optional<Daemons> read_daemons(const Value& value, Input& input) {
    const auto* list = want_list(value, "'daemons'", input, list_hint);
    if (list == nullptr) {
        return std::nullopt;
    }
    Daemons daemons;
    daemons.span = value.span;
    for (const auto& item : *list) {
        const auto* text = want_string(item, "a routing daemon", input);
        if (text == nullptr) {
            continue;
        }
        if (!add_daemon(daemons, *text)) {
            const auto hint = did_you_mean(*text, daemon_names);
            input.diagnostics.error(item.span,
                                    fmt::format("unknown routing daemon {}", quoted(*text)),
                                    hint.empty() ? list_hint : hint);
        }
    }
    return daemons;
}

std::optional<std::uint32_t> read_asn(const Value& value, Input& input) {
    const auto number =
        want_integer(value, "'asn'", 1, std::numeric_limits<std::uint32_t>::max() - 1, input);
    if (!number) {
        return std::nullopt;
    }
    if (*number == as_trans) {
        input.diagnostics.error(value.span, "'asn' cannot be 23456",
                                "it stands for numbers above 65535 (RFC 6793)");
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(*number);
}

RoutingMode read_routing(const Member* member, Input& input) {
    if (member == nullptr) {
        return RoutingMode::static_routes;
    }
    constexpr const char* choice = R"("static", "ospf", "bgp", "isis", "rip" or "none")";
    const auto* text = member->value.as_string();
    if (text == nullptr) {
        const auto* boolean = member->value.as_bool();
        refuse_type(member->value, "'routing'", choice, input,
                    boolean != nullptr && !*boolean ? "write \"none\"" : "");
        return RoutingMode::static_routes;
    }
    constexpr std::array<std::pair<std::string_view, RoutingMode>, 6> modes{
        {{"static", RoutingMode::static_routes},
         {"none", RoutingMode::none},
         {"ospf", RoutingMode::ospf},
         {"bgp", RoutingMode::bgp},
         {"isis", RoutingMode::isis},
         {"rip", RoutingMode::rip}}};
    for (const auto& [name, mode] : modes) {
        if (*text == name) {
            return mode;
        }
    }
    const auto hint = did_you_mean(*text, {"static", "none", "ospf", "bgp", "isis", "rip"});
    input.diagnostics.error(member->value.span, fmt::format("unknown routing {}", quoted(*text)),
                            hint.empty() ? fmt::format("routing is {}", choice) : hint);
    return RoutingMode::static_routes;
}

void settle_daemons(RoutingMode routing, Span routing_span, std::vector<Node>& nodes,
                    Input& input) {
    ReportOnce once{input.diagnostics};
    for (auto& node : nodes) {
        if (node.kind == NodeKind::router && node.daemons.span.empty()) {
            node.daemons.ospf = routing == RoutingMode::ospf;
            node.daemons.ospf6 = routing == RoutingMode::ospf;
            node.daemons.bgp = routing == RoutingMode::bgp;
            node.daemons.isis = routing == RoutingMode::isis;
            node.daemons.rip = routing == RoutingMode::rip;
            node.daemons.span = node.daemons.any() ? routing_span : Span{};
        }
        if (node.daemons.asn && !node.daemons.bgp) {
            once.error(node.daemons.asn_span, "'asn' is for routers that speak BGP",
                       R"(write "daemons": ["bgp"] beside it, or "routing": "bgp" at the top)");
        }
    }
}

} // namespace netlab
