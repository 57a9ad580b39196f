#include "cli/link_arguments.h"

#include "base/diagnostic.h"
#include "base/impairment.h"
#include "base/quote.h"
#include "cli/commands.h"

#include <array>

#include <CLI/CLI.hpp>

namespace netlab {

namespace {

struct PropertyWords {
    const char* key;
    const char* type;
    const char* meaning;
};

/// In words, each of impairment_keys().
constexpr std::array<PropertyWords, 11> properties{
    {{"delay", "DURATION", "how long a frame is under way, one way: 20ms"},
     {"jitter", "DURATION", "how far the delay varies to both sides: 2ms"},
     {"loss", "SHARE", "of frames that are lost: 0.5%; or in bursts: p=1%,r=20%"},
     {"duplicate", "SHARE", "of frames that come twice: 0.1%"},
     {"corrupt", "SHARE", "of frames with a bit turned over: 0.1%"},
     {"reorder", "SHARE", "of frames that go without the delay, past others: 1%"},
     {"rate", "RATE", "bits in a second: 10mbit; none: unlimited"},
     {"queue", "SIZE", "what waits for the line before frames are dropped: 50, 64kB"},
     {"correlation", "SHARE", "of each random choice with the one before: 25%"},
     {"distribution", "NAME", "of the jitter: uniform, normal, pareto"},
     {"seed", "NUMBER", "the same random choices in each run; none: other ones"}}};

constexpr const char* targets_text = "links (r1-r2), or ends (r1:eth1: what leaves there), ranges "
                                     "of them ('sw-h[1-3]'), all";

void add_common(CLI::App& command, LinkChoice& choice) {
    command.add_option("-l,--lab", choice.options.lab, "of this lab")->type_name("NAME");
    command.add_flag("--json", choice.options.json, "print JSON");
}

CLI::Option& add_targets(CLI::App& command, LinkChoice& choice, const char* name,
                         const char* text) {
    return *command.add_option(name, choice.options.targets, text)->type_name("");
}

/// Shows every mistake in the values at once, before the lab is asked.
void check_properties(const Properties& given) {
    if (given.empty()) {
        throw InputError{"link set needs a property to set",
                         "netlab link set r1-r2 --delay 20ms --loss 1%"};
    }
    Impairment scratch;
    Diagnostics mistakes;
    for (const auto& [key, text] : given) {
        if (auto refusal = set_property(scratch, key, text)) {
            mistakes.error({}, "--" + key + " " + refusal->message, std::move(refusal->hint));
        }
    }
    mistakes.throw_if_errors();
}

/// A key that a file may give a link, and that cannot be changed while it runs.
void add_file_only(CLI::App& command, const char* option, const char* example) {
    command
        .add_option_function<std::string>(
            option,
            [=](const std::string& /*value*/) {
                throw InputError{std::string{option} + " cannot be changed while the lab runs",
                                 std::string{"write it in the topology file: "} + example};
            })
        ->group("");
}

void add_set(CLI::App& link, LinkChoice& choice) {
    auto& command = *link.add_subcommand("set", "change properties of links, keep the rest");
    add_targets(command, choice, "TARGET", targets_text).required();
    for (const auto& words : properties) {
        command
            .add_option_function<std::string>(
                std::string{"--"} + words.key,
                [&choice, key = words.key](const std::string& text) {
                    choice.options.properties.emplace_back(key, text);
                },
                words.meaning)
            ->type_name(words.type);
    }
    add_file_only(command, "--trace", R"("trace": "cellular.up")");
    add_file_only(command, "--engine", R"("engine": "user")");
    add_common(command, choice);
    command.footer("\nFrom one frame to the next, and all of it or nothing. A link means both "
                   "directions.\n\n"
                   "  netlab link set r1-r2 --delay 50ms --loss 2%\n"
                   "  netlab link set r1:eth1 --rate 1mbit --queue 50");
    command.callback([&choice] {
        check_properties(choice.options.properties);
        choice.run = [&choice] { return run_link_change(LinkVerb::set, choice.options); };
    });
}

void add_change(CLI::App& link, LinkChoice& choice, LinkVerb verb, const char* name,
                const char* what) {
    const bool of_ends = verb == LinkVerb::reset || verb == LinkVerb::clear;
    auto& command = *link.add_subcommand(name, what);
    add_targets(command, choice, of_ends ? "TARGET" : "LINK",
                of_ends ? targets_text : "links, ranges of them, all")
        .required();
    add_common(command, choice);
    command.callback([&choice, verb] {
        choice.run = [&choice, verb] { return run_link_change(verb, choice.options); };
    });
}

void add_ls(CLI::App& link, LinkChoice& choice) {
    auto& command =
        *link.add_subcommand("ls", "show links: state, what shapes each direction, counters");
    add_targets(command, choice, "LINK", "these links; all unless said");
    add_common(command, choice);
    command.add_flag("--names", choice.options.names, "print a link's name a line");
    command.callback([&choice] { choice.run = [&choice] { return run_link_ls(choice.options); }; });
}

void read_time(LinkChoice& choice) {
    constexpr Duration shortest = std::chrono::seconds{1};
    constexpr Duration longest = std::chrono::minutes{10};
    if (choice.time.empty()) {
        return;
    }
    const auto time = parse_duration(choice.time);
    if (!time || *time < shortest || *time > longest) {
        throw InputError{"--time " + quoted(choice.time) + " is not a duration from 1s to 10m",
                         "write 5s or 1m"};
    }
    choice.options.time = *time;
}

void add_measure(CLI::App& link, LinkChoice& choice) {
    auto& command =
        *link.add_subcommand("measure", "measure a link, and show it beside what was asked");
    add_targets(command, choice, "LINK",
                "the link; or one end (what leaves there), or two ends of a LAN segment")
        .required();
    command.add_option("--time", choice.time, "how long to measure (1s to 10m); 4s unless said")
        ->type_name("DURATION");
    add_common(command, choice);
    command.footer(
        "\nSends numbered frames from each end to the other. Where a rate is asked, half "
        "of the time\n"
        "goes to measure it: the link is full then, and other traffic on it waits.\n"
        "A difference is shown and is no error: the exit code is 0.");
    command.callback([&choice] {
        read_time(choice);
        choice.run = [&choice] { return run_link_measure(choice.options); };
    });
}

} // namespace

void add_link(CLI::App& app, LinkChoice& choice) {
    auto& link = *app.add_subcommand("link", "show, change, cut and measure links that run");
    link.require_subcommand(0, 1);
    add_ls(link, choice);
    add_set(link, choice);
    add_change(link, choice, LinkVerb::reset, "reset", "make links what the topology file says");
    add_change(link, choice, LinkVerb::clear, "clear", "make links perfect");
    add_change(link, choice, LinkVerb::down, "down", "cut links: no carrier at any end");
    add_change(link, choice, LinkVerb::up, "up", "make links that were cut whole again");
    add_measure(link, choice);
    link.footer("\n`netlab link COMMAND --help` says more about each.");
    link.callback([&link] {
        if (link.get_subcommands().empty()) {
            throw InputError{"link needs a command: ls, set, reset, clear, down, up or measure",
                             "netlab link --help"};
        }
    });
}

} // namespace netlab
