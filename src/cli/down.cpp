#include "base/diagnostic.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"
#include "control/pause.h"

#include <exception>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Asks them to end, all at once. Those that do not, and those that cannot be asked, are killed
/// with the lab.
void stop_services(const LabEntry& lab, std::chrono::milliseconds timeout) {
    ProgressLine progress;
    progress.show("stopping services");
    try {
        resume_all(lab.path);
        LabClient client{lab.path};
        client.resume({"all"});
        client.stop({"all"}, "", timeout);
    } catch (const std::exception&) {
        return; // nothing is left of them in a moment
    }
}

/// What one lab's end failed by does not keep the others running; the first such failure is thrown
/// when all have been tried, and only then is said which are down: that it cannot be said must not
/// keep a lab running either.
void end(const std::vector<LabEntry>& labs, std::chrono::milliseconds timeout) {
    std::exception_ptr failure;
    std::string ended;
    for (const auto& lab : labs) {
        try {
            const auto card = read_card(lab);
            if (card.started != 0 && card.services > 0 && timeout.count() > 0) {
                stop_services(lab, timeout);
            }
            end_lab(lab.path);
            ended += fmt::format("lab {} is down\n", lab.name);
        } catch (const std::exception&) {
            failure = failure ? failure : std::current_exception();
        }
    }
    print(stdout, ended);
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace

int run_down(const DownOptions& options) {
    if (!options.all) {
        end({find_lab_at_all(options.lab)}, options.timeout);
        return 0;
    }
    if (!options.lab.empty()) {
        throw InputError{"down takes the name of a lab or --all, not both"};
    }
    const auto labs = running_labs();
    end(labs, options.timeout);
    if (labs.empty()) {
        print(stdout, "no lab is running\n");
    }
    return 0;
}

} // namespace netlab
