#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "cli/reachability_output.h"

#include <chrono>

namespace netlab {

int run_ping(const PingOptions& options) {
    LabClient client{find_lab(options.lab).path};
    ProgressLine progress;
    progress.show("pinging …");
    const auto begin = std::chrono::steady_clock::now();
    const auto found = reachability(
        client, {options.from, options.to, options.family, {PingPace{}.tries, options.patience}});
    const auto took = std::chrono::steady_clock::now() - begin;
    progress.clear();
    print(stdout,
          options.json ? reachability_to_json(found, took) : reachability_to_text(found, took));
    return found.all_answered() ? 0 : 1;
}

} // namespace netlab
