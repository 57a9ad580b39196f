#include "topology/link_settings.h"

#include "topology/address_values.h"

namespace netlab {

LinkSettings read_link_settings(Fields& fields, TraceFiles& traces, Input& input) {
    constexpr std::int64_t least_mtu = 68;    // RFC 791
    constexpr std::int64_t most_mtu = 65'521; // a TAP's, which any link may become
    constexpr std::int64_t most_cost = 65'535;
    LinkSettings out;
    if (const auto* member = fields.take("ipv4")) {
        out.ipv4 = input.shaping([&] { return read_subnet(member->value, Family::ipv4, input); });
    }
    if (const auto* member = fields.take("ipv6")) {
        out.ipv6 = input.shaping([&] { return read_subnet(member->value, Family::ipv6, input); });
    }
    if (const auto* member = fields.take("mtu")) {
        if (const auto mtu = want_integer(member->value, "'mtu'", least_mtu, most_mtu, input)) {
            out.mtu = Said<std::uint32_t>{static_cast<std::uint32_t>(*mtu), member->value.span};
        }
    }
    if (const auto* member = fields.take("up")) {
        out.up = want_bool(member->value, "'up'", input);
    }
    if (const auto* member = fields.take("cost")) {
        if (const auto cost = want_integer(member->value, "'cost'", 1, most_cost, input)) {
            out.cost = static_cast<std::uint32_t>(*cost);
        }
    }
    const auto* engine = fields.take("engine");
    out.impairments = read_impairments(fields, traces, input);
    if (engine != nullptr) {
        out.engine = read_engine(engine->value, input);
        out.impairments.unclear = out.impairments.unclear || !out.engine;
    }
    return out;
}

LinkSettings merged(const LinkSettings& over, const LinkSettings& under) {
    return {over.ipv4 ? over.ipv4 : under.ipv4,
            over.ipv6 ? over.ipv6 : under.ipv6,
            over.mtu ? over.mtu : under.mtu,
            over.up ? over.up : under.up,
            over.cost ? over.cost : under.cost,
            over.engine ? over.engine : under.engine,
            over.impairments};
}

} // namespace netlab
