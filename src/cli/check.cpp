#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/read_plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

std::string summary(const PlannedFile& planned) {
    const auto& plan = planned.plan;
    const auto warnings = planned.diagnostics.all().size();
    return fmt::format(
        "{}: good: lab {}, {}, {}{}\n", printable(planned.source.name()), plan.name,
        counted(plan.nodes.size(), "node"), counted(plan.links.size(), "link"),
        warnings == 0 ? "" : fmt::format(", {} warning{}", warnings, warnings == 1 ? "" : "s"));
}

/// A file that cannot be read is a mistake like others: the files beside it are checked all the
/// same.
PlannedFile read_or_refuse(const std::string& file) {
    try {
        return read_plan(file);
    } catch (const InputError& error) {
        return {Source{file, {}}, {}, error.diagnostics()};
    }
}

} // namespace

int run_check(const CheckOptions& options) {
    std::vector<PlannedFile> files;
    for (const auto& file : options.files) {
        files.push_back(read_or_refuse(file));
    }
    if (options.json) {
        print(stdout, check_to_json(files));
    }
    for (const auto& planned : files) {
        if (options.json) {
            continue;
        }
        print(stderr, render(planned.diagnostics, planned.source, wants_colour(stderr)));
        if (planned.diagnostics.has_errors()) {
            const auto count = planned.diagnostics.error_count();
            print(stderr, fmt::format("{}: {} error{}\n", printable(planned.source.name()), count,
                                      count == 1 ? "" : "s"));
        } else {
            print(stdout, summary(planned));
        }
    }
    return std::ranges::any_of(
               files, [](const PlannedFile& file) { return file.diagnostics.has_errors(); })
               ? 2
               : 0;
}

} // namespace netlab
