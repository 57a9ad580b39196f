#pragma once

#include "topology/fields.h"
#include "topology/link_impairments.h"
#include "topology/topology.h"

#include <cstdint>
#include <optional>

namespace netlab {

/// What a link or `defaults.link` says beside its ends.
struct LinkSettings {
    std::optional<SubnetRequest> ipv4;
    std::optional<SubnetRequest> ipv6;
    std::optional<Said<std::uint32_t>> mtu;
    std::optional<bool> up;
    std::optional<std::uint32_t> cost;
    std::optional<Said<Engine>> engine;
    ImpairmentLayer impairments;
};

/// Takes the keys that a link and `defaults.link` share. Comes behind all others of the object: see
/// read_impairments.
LinkSettings read_link_settings(Fields& fields, TraceFiles& traces, Input& input);

/// All but the impairments, which are those of `over`: see LinkImpairments.
LinkSettings merged(const LinkSettings& over, const LinkSettings& under);

} // namespace netlab
