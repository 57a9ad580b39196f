#include "base/table.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "control/client.h"

#include <chrono>
#include <ctime>

#include <fmt/format.h>

namespace netlab {

namespace {

/// As long ago as a person says it: "3 min".
std::string age(std::int64_t started) {
    if (started == 0) {
        return "starting";
    }
    const auto seconds = std::max<std::int64_t>(std::time(nullptr) - started, 0);
    return seconds < 120      ? fmt::format("{} s", seconds)
           : seconds < 7200   ? fmt::format("{} min", seconds / 60)
           : seconds < 172800 ? fmt::format("{} h", seconds / 3600)
                              : fmt::format("{} days", seconds / 86400);
}

int print_nodes(const std::string& lab) {
    for (const auto& node : LabClient{find_lab(lab).path}.nodes({"all"})) {
        print(stdout, node.name + "\n");
    }
    return 0;
}

} // namespace

int run_ls(const LsOptions& options) {
    if (options.nodes) {
        return print_nodes(options.lab);
    }
    std::vector<LabCard> cards;
    for (const auto& lab : running_labs()) {
        cards.push_back(read_card(lab));
    }
    if (options.json) {
        print(stdout, labs_to_json(cards));
        return 0;
    }
    Table table{{"LAB", "NODES", "LINKS", "UP FOR", "FILE", "DESCRIPTION"}};
    for (const auto& card : cards) {
        if (options.names) {
            print(stdout, card.name + "\n");
        }
        table.add_row({card.name, std::to_string(card.nodes), std::to_string(card.links),
                       age(card.started), card.file, card.description});
    }
    if (cards.empty() && !options.names) {
        print(stderr, "no lab is running\n");
    } else if (!options.names) {
        print(stdout, table.to_string(terminal_width(stdout), wants_colour(stdout)));
    }
    return 0;
}

} // namespace netlab
