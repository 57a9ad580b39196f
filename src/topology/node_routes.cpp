#include "base/quote.h"
#include "topology/address_values.h"
#include "topology/names.h"
#include "topology/node_values.h"

#include <limits>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view route_form = R"(for example { "to": "default", "via": "r1" })";

bool read_to(const Member* member, const Value& route, RouteRequest& request, Input& input) {
    if (member == nullptr) {
        input.diagnostics.error(route.span, "a route needs 'to'", std::string{route_form});
        return false;
    }
    const auto* text = member->value.as_string();
    if (text != nullptr && *text == "default") {
        return true;
    }
    request.to = want_prefix(member->value, "'to'", std::nullopt, input);
    return request.to.has_value();
}

bool read_via(const Member& member, RouteDraft& draft, Input& input) {
    const auto* text = want_string(member.value, "'via'", input);
    if (text == nullptr) {
        return false;
    }
    const auto address = parse_address(*text);
    if (!address) {
        if (why_not_node_name(*text).empty()) {
            draft.via_node = {*text, member.value.span};
            return true;
        }
        input.diagnostics.error(
            member.value.span,
            fmt::format("'via' is neither an address nor a node: {}", quoted(*text)),
            parse_interface_address(*text) ? "leave out the length" : "");
        return false;
    }
    const auto& to = draft.request.to;
    if (to && to->family() != address->family) {
        input.diagnostics.error(member.value.span,
                                fmt::format("a route to {} cannot go via the {} address {}",
                                            to_string(*to), family_name(address->family),
                                            to_string(*address)));
        return false;
    }
    draft.request.via = *address;
    return check_unicast(*address, member.value.span, input);
}

bool read_interface(const Member& member, RouteDraft& draft, Input& input) {
    const auto* text = want_string(member.value, "'interface'", input);
    if (text == nullptr) {
        return false;
    }
    if (*text == "lo") {
        input.diagnostics.error(member.value.span, "a route cannot go over 'lo'",
                                "name an interface that a link gives the node");
        return false;
    }
    if (const auto why = why_not_interface_name(*text); !why.empty()) {
        input.diagnostics.error(member.value.span,
                                fmt::format("the interface name {} {}", quoted(*text), why));
        return false;
    }
    draft.request.interface = *text;
    draft.interface_span = member.value.span;
    return true;
}

std::optional<RouteDraft> read_route(const Value& value, Input& input) {
    const auto* map = want_map(value, "a route", input, std::string{route_form});
    if (map == nullptr) {
        return std::nullopt;
    }
    Fields fields{*map, "a route", input};
    RouteDraft draft;
    draft.request.span = value.span;
    bool good = read_to(fields.take("to"), value, draft.request, input);
    const auto* via = fields.take("via");
    const auto* interface = fields.take("interface");
    if (via == nullptr && interface == nullptr) {
        input.diagnostics.error(value.span, "a route needs 'via' or 'interface'",
                                std::string{route_form});
        good = false;
    }
    good = (via == nullptr || read_via(*via, draft, input)) && good;
    good = (interface == nullptr || read_interface(*interface, draft, input)) && good;
    if (const auto* metric = fields.take("metric")) {
        constexpr auto most = std::numeric_limits<std::uint32_t>::max();
        if (const auto number = want_integer(metric->value, "'metric'", 0, most, input)) {
            draft.request.metric = static_cast<std::uint32_t>(*number);
        }
    }
    fields.refuse_rest();
    draft.has_mistake = !good;
    return draft;
}

} // namespace

std::vector<RouteDraft> read_routes(const Value& value, Input& input) {
    std::vector<RouteDraft> routes;
    const auto* list =
        want_list(value, "'routes'", input, R"(for example [{ "to": "default", "via": "r1" }])");
    for (const auto& item : list == nullptr ? List{} : *list) {
        if (auto route = read_route(item, input)) {
            routes.push_back(std::move(*route));
        }
    }
    return routes;
}

} // namespace netlab
