#include "cli/read_plan.h"

#include "base/quote.h"
#include "plan/make_plan.h"
#include "topology/load_topology.h"

#include <algorithm>
#include <filesystem>

namespace netlab {

namespace {

bool is_lab_name(const std::string& name) {
    const auto is_end = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 32 && is_end(name.front()) && is_end(name.back()) &&
           std::ranges::all_of(
               name, [&](char c) { return is_end(c) || c == '_' || c == '.' || c == '-'; });
}

} // namespace

PlannedFile read_plan(const std::string& file, const std::string& lab) {
    if (!lab.empty() && !is_lab_name(lab)) {
        throw InputError{
            quoted(lab) + " cannot be the name of a lab",
            "at most 32 small letters, digits, '-', '_' and '.'; a letter or digit first and last"};
    }
    PlannedFile planned{read_source(file), {}, {}};
    auto& topology = planned.topology;
    topology = load_topology(planned.source, std::filesystem::absolute(file).parent_path(),
                             planned.diagnostics);
    if (!lab.empty()) {
        topology.name = lab;
    }
    if (!topology.uncertain) {
        planned.plan = make_plan(topology, planned.diagnostics);
    }
    return planned;
}

} // namespace netlab
