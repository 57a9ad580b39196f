#include "base/diagnostic.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"

#include <fmt/format.h>

namespace netlab {

namespace {

/// All of them first: that it cannot be said must not keep a lab running.
void end(const std::vector<LabEntry>& labs) {
    for (const auto& lab : labs) {
        end_lab(lab.path);
    }
    for (const auto& lab : labs) {
        print(stdout, fmt::format("lab {} is down\n", lab.name));
    }
}

} // namespace

int run_down(const DownOptions& options) {
    if (!options.all) {
        end({find_lab(options.lab)});
        return 0;
    }
    if (!options.lab.empty()) {
        throw InputError{"down takes the name of a lab or --all, not both"};
    }
    const auto labs = running_labs();
    end(labs);
    if (labs.empty()) {
        print(stdout, "no lab is running\n");
    }
    return 0;
}

} // namespace netlab
