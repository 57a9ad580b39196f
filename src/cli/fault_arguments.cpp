#include "cli/fault_arguments.h"

#include "base/diagnostic.h"
#include "cli/commands.h"
#include "cli/find_lab.h"

#include <CLI/CLI.hpp>

namespace netlab {

namespace {

void add_common(CLI::App& command, FaultChoice& choice) {
    command.add_option("-l,--lab", choice.options.lab, "of this lab")
        ->type_name("NAME")
        ->each(refuse_empty_lab);
    command.add_flag("--json", choice.options.json, "print JSON");
}

void add_partition(CLI::App& app, FaultChoice& choice) {
    auto& command = *app.add_subcommand("partition", "keep nodes from hearing each other");
    auto& request = choice.options.request;
    command
        .add_option("SIDE", request.words,
                    "nodes of a side (h1 or h1,h5 or 'h[1-3]' or '@label'); of a shape its nodes, "
                    "all unless "
                    "said")
        ->type_name("");
    command.add_flag("--one-way", request.one_way,
                     "what the first side sends does not reach the second; replies do");
    command.add_flag("--cut", request.cut, "take the fewest links down that keep two sides apart");
    command.add_flag("--cheapest", request.cheapest,
                     "with --cut: those that cost least together, by `cost` in the file");
    command
        .add_option("--shape", request.shape,
                    "halves, bridge, ring, majority-ring, or isolate:NODE")
        ->type_name("SHAPE");
    command.add_option("--seed", request.seed, "give the nodes of a shape an order by this number")
        ->type_name("NUMBER");
    command.add_option("--as", request.name, "call the fault NAME; p1, p2, … unless said")
        ->type_name("NAME")
        ->each([](const std::string& name) {
            if (name.empty()) {
                throw InputError{"--as is empty", "it takes a name for the fault"};
            }
        });
    add_common(command, choice);
    command.footer("\nWho is on no side hears everybody. Packets are dropped in the nodes "
                   "themselves, so nodes on "
                   "one switch\ncan be parted, too. Connections see silence, nothing else.\n\n"
                   "  netlab partition 'n[1-2]' 'n[3-5]'\n"
                   "  netlab partition --one-way n1 n2\n"
                   "  netlab partition --cut n1 n5\n"
                   "  netlab partition --shape majority-ring '@cluster' --seed 7");
    command.callback([&choice] {
        if (choice.options.request.words.empty() && choice.options.request.shape.empty()) {
            throw InputError{"partition needs sides, or a shape",
                             "netlab partition 'n[1-2]' 'n[3-5]', or --shape halves"};
        }
        if (choice.options.request.seed && choice.options.request.shape.empty()) {
            throw InputError{"--seed is of a shape", "netlab partition --shape halves --seed 7"};
        }
        if (choice.options.request.cheapest && !choice.options.request.cut) {
            throw InputError{"--cheapest is of a cut", "netlab partition --cut --cheapest n1 n5"};
        }
        choice.run = [&choice] { return run_partition(choice.options); };
    });
}

void add_heal(CLI::App& app, FaultChoice& choice) {
    auto& command = *app.add_subcommand("heal", "undo faults; other faults stay");
    auto& request = choice.options.request;
    command.add_option("ID", request.words, "faults, as netlab faults names them")->type_name("");
    command.add_flag("--all", request.all, "whatever is broken");
    add_common(command, choice);
    command.callback([&choice] {
        if (choice.options.request.words.empty() != choice.options.request.all) {
            throw InputError{choice.options.request.all ? "heal takes faults or --all, not both"
                                                        : "heal needs a fault, or --all",
                             "netlab faults shows what is broken"};
        }
        choice.run = [&choice] { return run_heal(choice.options); };
    });
}

void add_list(CLI::App& app, FaultChoice& choice) {
    auto& command = *app.add_subcommand("faults", "show what is broken now, and by which command");
    command.add_flag("--names", choice.options.names, "print the id of a fault a line");
    add_common(command, choice);
    command.callback([&choice] { choice.run = [&choice] { return run_faults(choice.options); }; });
}

} // namespace

void add_faults(CLI::App& app, FaultChoice& choice) {
    add_partition(app, choice);
    add_heal(app, choice);
    add_list(app, choice);
}

} // namespace netlab
