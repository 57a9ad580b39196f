#include "cli/commands.h"
#include "cli/fault_json.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"

namespace netlab {

int run_partition(const FaultOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto fault = client.part(options.request);
    print(stdout, options.json ? faults_to_json({fault}) : fault.id + ": " + fault.what + "\n");
    return 0;
}

} // namespace netlab
