#include "cli/commands.h"
#include "cli/fault_json.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "cli/pause.h"
#include "control/client.h"

namespace netlab {

int run_heal(const FaultOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto healed = client.heal(options.request);
    for (const auto& fault : healed) {
        if (fault.kind == "pause") {
            thaw(client.nodes(fault.nodes));
        }
    }
    if (options.json) {
        print(stdout, faults_to_json(healed));
        return 0;
    }
    std::string text = healed.empty() ? "nothing is broken\n" : "";
    for (const auto& fault : healed) {
        text += fault.id + " is healed\n";
    }
    print(stdout, text);
    return 0;
}

} // namespace netlab
