#include "base/table.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/link_json.h"
#include "cli/link_state.h"
#include "cli/link_text.h"
#include "cli/output.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

void add_link(Table& table, const LinkAnswer& link, const LinkEndStates& states) {
    std::string name = link.name;
    const bool one_engine = std::ranges::all_of(
        link.ends, [&](const LinkEndAnswer& end) { return end.engine == link.engine; });
    std::string engine = link.engine;
    for (const auto& end : link.ends) {
        const auto& state = states.at(name_of(end));
        const bool counted = state.mtu != 0; // else there is no interface that counts
        table.add_row({name, name_of(end), state.state, one_engine ? engine : end.engine,
                       end.now.empty() ? "-" : spell(end.now),
                       counted ? std::to_string(state.sent) : "-",
                       counted ? std::to_string(state.dropped) : "-"});
        name.clear();
        engine.clear();
    }
}

} // namespace

int run_link_ls(const LinkOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto links = client.links(options.targets);
    if (options.names) {
        for (const auto& link : links) {
            print(stdout, link.name + "\n");
        }
        return 0;
    }
    NodeVisits visits{client};
    const auto states = read_end_states(visits, links);
    if (options.json) {
        print(stdout, links_to_json(links, states));
        return 0;
    }
    Table table{{"LINK", "END", "STATE", "ENGINE", "LEAVING", "SENT", "DROPPED"}};
    for (const auto& link : links) {
        add_link(table, link, states);
    }
    if (links.empty()) {
        print(stderr, "the lab has no links\n");
    }
    print(stdout, table.to_string(0, wants_colour(stdout)));
    return 0;
}

} // namespace netlab
