#include "base/table.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "lab/examine_host.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using json = nlohmann::ordered_json;

std::string to_text(const std::vector<Finding>& findings, bool able, bool colour) {
    Table table{{"WHAT", "STATE", "FOUND"}};
    std::string cures;
    for (const auto& finding : findings) {
        table.add_row({finding.subject, to_string(finding.health), finding.words});
        if (!finding.cure.empty()) {
            cures += finding.subject + ": " + finding.cure + "\n";
        }
    }
    return table.to_string(0, colour) + (cures.empty() ? "" : "\nTo have more:\n" + cures) +
           (able ? "\nlabs can run here\n" : "\nlabs cannot run here: something is missing\n");
}

std::string to_json(const std::vector<Finding>& findings, bool able) {
    auto values = json::array();
    for (const auto& finding : findings) {
        values.push_back({{"what", finding.subject},
                          {"state", to_string(finding.health)},
                          {"found", finding.words},
                          {"cure", finding.cure}});
    }
    return json{{"able", able}, {"findings", std::move(values)}}.dump(
               2, ' ', false, json::error_handler_t::replace) +
           "\n";
}

} // namespace

int run_doctor(const DoctorOptions& options) {
    const auto findings = examine_host();
    const bool able = std::ranges::none_of(
        findings, [](const Finding& finding) { return finding.health == Health::missing; });
    print(stdout,
          options.json ? to_json(findings, able) : to_text(findings, able, wants_colour(stdout)));
    return able ? 0 : 1;
}

} // namespace netlab
