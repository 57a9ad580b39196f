#include "cli/commands.h"
#include "cli/fault_json.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"
#include "control/pause.h"

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
    std::string text;
    for (const auto& fault : healed) {
        text += fault.id + " is healed\n";
    }
    for (const auto& fault : options.request.all ? client.faults() : std::vector<FaultAnswer>{}) {
        text += fault.what + ", which heal does not give back\n";
    }
    print(stdout, text.empty() ? "nothing is broken\n" : text);
    return 0;
}

} // namespace netlab
