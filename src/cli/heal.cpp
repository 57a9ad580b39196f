#include "cli/commands.h"
#include "cli/fault_json.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"
#include "control/pause.h"

#include <stdexcept>

namespace netlab {

namespace {

void print_healed(LabClient& client, const FaultOptions& options,
                  const std::vector<FaultAnswer>& healed) {
    if (options.json) {
        print(stdout, faults_to_json(healed));
        return;
    }
    std::string text;
    for (const auto& fault : healed) {
        text += fault.id + " is healed\n";
    }
    for (const auto& fault : options.request.all ? client.faults() : std::vector<FaultAnswer>{}) {
        text += fault.what + ", which heal does not give back\n";
    }
    print(stdout, text.empty() ? "nothing is broken\n" : text);
}

/// Takes those out that could not be healed, and returns why.
std::string take_refusals(std::vector<FaultAnswer>& faults) {
    std::string refusals;
    for (const auto& fault : faults) {
        if (!fault.refusal.empty()) {
            refusals += refusals.empty() ? "" : "; ";
            refusals += fault.id + " is not healed: " + fault.refusal;
        }
    }
    std::erase_if(faults, [](const FaultAnswer& fault) { return !fault.refusal.empty(); });
    return refusals;
}

} // namespace

int run_heal(const FaultOptions& options) {
    LabClient client{find_lab(options.lab).path};
    auto healed = client.heal(options.request);
    const auto refusals = take_refusals(healed);
    for (const auto& fault : healed) {
        if (fault.kind == "pause") {
            thaw(client.nodes(fault.nodes));
        }
    }
    print_healed(client, options, healed);
    if (!refusals.empty()) {
        throw std::runtime_error{refusals};
    }
    return 0;
}

} // namespace netlab
