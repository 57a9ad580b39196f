#include "cli/clock_output.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"

namespace netlab {

int run_clock(const ClockOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto patterns = options.nodes.empty() ? std::vector<std::string>{"all"} : options.nodes;
    const auto nodes = options.change.any() ? client.change_clocks(patterns, options.change)
                                            : client.nodes(patterns);
    const auto unmoved = find_unmoved(client, nodes);
    print(stdout, options.json ? clocks_to_json(nodes, unmoved)
                               : clocks_to_text(nodes, unmoved, wants_colour(stdout)));
    return 0;
}

} // namespace netlab
