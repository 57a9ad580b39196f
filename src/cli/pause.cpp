#include "control/pause.h"

#include "cli/commands.h"
#include "cli/find_lab.h"

namespace netlab {

int run_pause(bool pause, const PauseOptions& options) {
    LabClient client{find_lab(options.lab).path};
    if (pause) {
        pause_nodes(client, options.nodes);
    } else {
        resume_nodes(client, options.nodes);
    }
    return 0;
}

} // namespace netlab
