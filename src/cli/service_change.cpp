#include "base/diagnostic.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "cli/service_targets.h"
#include "control/client.h"
#include "control/pause.h"
#include "control/selection.h"
#include "control/ways_out.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

/// The whole nodes of the targets in one piece, so that they end and start together; services one
/// by one.
class Change {
public:
    Change(LabClient& client, const RunOptions& options) : client_{client}, options_{options} {
        for (const auto& target : parse_targets(options.targets)) {
            if (target.service.empty()) {
                nodes_.push_back(target.nodes);
            } else if (names_many(target.nodes)) {
                throw InputError{"a service is one of one node's: NODE/SERVICE"};
            } else {
                services_.push_back(target);
            }
            for (const auto& node : client.nodes({target.nodes})) {
                refuse_paused(node);
            }
        }
    }

    void stop() {
        for (const auto& target : services_) {
            client_.stop({target.nodes}, target.service, options_.timeout);
        }
        if (!nodes_.empty()) {
            client_.stop(nodes_, "", options_.timeout);
        }
    }

    void start() {
        if (!nodes_.empty()) {
            client_.start(nodes_, "", options_.wipe);
        }
        for (const auto& target : services_) {
            client_.start({target.nodes}, target.service);
        }
    }

private:
    LabClient& client_;
    const RunOptions& options_;
    std::vector<std::string> nodes_;
    std::vector<ServiceTarget> services_;
};

} // namespace

int run_service_change(RunVerb verb, const RunOptions& options) {
    LabClient client{find_lab(options.lab).path};
    make_ways_out(client);
    Change change{client, options};
    ProgressLine progress;
    if (verb != RunVerb::start) {
        progress.show("stopping");
        change.stop();
    }
    if (verb != RunVerb::stop) {
        progress.show("starting");
        change.start();
    }
    return 0;
}

} // namespace netlab
