#include "base/quote.h"
#include "base/table.h"
#include "cli/commands.h"
#include "cli/fault_json.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "cli/service_text.h"
#include "control/client.h"

#include <algorithm>
#include <ctime>

namespace netlab {

int run_faults(const FaultOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto faults = client.faults();
    if (options.json) {
        print(stdout, faults_to_json(faults));
        return 0;
    }
    if (options.names) {
        for (const auto& fault : faults) {
            print(stdout, fault.id + "\n");
        }
        return 0;
    }
    if (faults.empty()) {
        print(stderr, "nothing is broken\n");
    }
    Table table{{"ID", "KIND", "FOR", "WHAT", "COMMAND"}};
    for (const auto& fault : faults) {
        const auto since = std::max(static_cast<double>(std::time(nullptr)) - fault.since, 0.0);
        table.add_row(
            {fault.id, fault.kind, describe_time(since), fault.what, printable(fault.command)});
    }
    print(stdout, table.to_string(terminal_width(stdout), wants_colour(stdout)));
    return 0;
}

} // namespace netlab
