#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"
#include "control/pause.h"

namespace netlab {

int run_kill(const PauseOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto nodes = client.kill(options.nodes);
    thaw(nodes); // or they would stand still when they start again
    std::string text;
    for (const auto& node : nodes) {
        text += node.name + " has no power\n";
    }
    print(stdout, text);
    return 0;
}

} // namespace netlab
