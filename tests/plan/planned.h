#pragma once

#include "plan/make_plan.h"
#include "support/topology_builder.h"

#include <string>
#include <vector>

namespace netlab::test {

/// The plan of a topology that has no mistake; throws std::runtime_error with the first one
/// otherwise.
Plan planned(const Topology& topology);

/// The messages of one severity that planning gives.
std::vector<std::string> messages(const Topology& topology, Severity severity = Severity::error);

/// The only message; throws std::runtime_error if there are none or several.
std::string only_message(const Topology& topology, Severity severity = Severity::error);

/// The plan as people see it.
std::string text_of(const Plan& plan);

const NodePlan& node(const Plan& plan, const std::string& name);

/// The addresses of an interface, `10.0.1.1/24 fd00:…/64`.
std::string addresses(const Plan& plan, const std::string& name, const std::string& interface);

/// The routes of a node in one family, each as `10.0.2.0/24 via 10.0.1.2 eth0 via …`.
std::vector<std::string> routes(const Plan& plan, const std::string& name,
                                Family family = Family::ipv4);

} // namespace netlab::test
