#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"

namespace netlab {

int run_kill(const PauseOptions& options) {
    LabClient client{find_lab(options.lab).path};
    std::string text;
    for (const auto& node : client.kill(options.nodes)) {
        text += node.name + " has no power\n";
    }
    print(stdout, text);
    return 0;
}

} // namespace netlab
