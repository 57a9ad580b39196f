#pragma once

#include "plan/plan.h"
#include "scenario/scenario.h"

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace netlab {

/// What a look at a lab gives: `mismatches`, a list of `expected` and `actual`, empty if all is as
/// expected, and `measured`, a line about figures, or empty.
using Finding = nlohmann::json;

/// A finding as its parts.
Finding finding(const std::vector<Mismatch>& mismatches, const std::string& measured = {});
std::vector<Mismatch> mismatches_of(const Finding& finding);

// Each looks once. They enter namespaces for good, and may take seconds: for the process of an
// errand. They throw std::system_error, std::runtime_error and InputError where they cannot look.

Finding check_ping(const std::filesystem::path& lab, const Plan& plan, const PingSubject& subject);
Finding check_path(const std::filesystem::path& lab, const Plan& plan, const PathSubject& subject);
Finding check_bounds(const std::filesystem::path& lab, const Plan& plan,
                     const BoundsSubject& subject);
Finding check_route(const std::filesystem::path& lab, const Plan& plan,
                    const RouteSubject& subject);
Finding check_file(const std::filesystem::path& lab, const Plan& plan, const FileSubject& subject);
Finding check_service(const std::filesystem::path& lab, const Plan& plan,
                      const ServiceSubject& subject);

} // namespace netlab
