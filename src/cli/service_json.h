#pragma once

#include "cli/log_lines.h"
#include "cli/service_usage.h"
#include "cli/top_sample.h"
#include "control/request.h"

#include <string>
#include <vector>

namespace netlab {

// What --json of the commands about services prints. The keys are documented in docs/commands.md
// and do not change. All end with a line break.

std::string log_line_to_json(const std::string& node, const std::string& service,
                             const LogLine& line);
std::string services_to_json(const std::vector<NodeAnswer>& nodes, const ServiceUsages& usages);
std::string rates_to_json(const TopRates& rates);

} // namespace netlab
