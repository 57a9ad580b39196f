#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "control/client.h"
#include "control/pause.h"

#include <fmt/format.h>

namespace netlab {

int run_kill(const PauseOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto nodes = client.kill(options.nodes);
    thaw(nodes); // or they would stand still when they start again
    std::string text;
    std::string warnings;
    for (const auto& node : nodes) {
        text += node.name + " has no power\n";
        if (!node.lost_files.empty()) {
            warnings += fmt::format("warning: the files of node {} are lost: {}\n", node.name,
                                    printable(node.lost_files));
        }
    }
    print(stdout, text);
    print(stderr, warnings);
    return 0;
}

} // namespace netlab
