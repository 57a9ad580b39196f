#include "cli/clock_arguments.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"

#include <cctype>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace netlab {

namespace {

/// `+500ms`, `-2s`: a node's name begins with neither.
bool is_jump(const std::string& word) {
    return word.size() > 1 && (word[0] == '+' || word[0] == '-') &&
           std::isdigit(static_cast<unsigned char>(word[1])) != 0;
}

void read_jump(const std::string& word, ClockOptions& options) {
    const auto jump = parse_signed_duration(word);
    if (!jump || *jump > most_offset || *jump < -most_offset) {
        throw InputError{quoted(word) + " is not a duration of at most " + to_string(most_offset),
                         "netlab clock n2 +500ms, or -2s"};
    }
    if (options.change.jump) {
        throw InputError{"clock takes one jump, not two", "netlab clock n2 +500ms"};
    }
    options.change.jump = jump;
}

void read_words(ClockChoice& choice) {
    auto& options = choice.options;
    for (const auto& word : choice.words) {
        if (is_jump(word)) {
            read_jump(word, options);
        } else if (parse_duration(word)) {
            throw InputError{quoted(word) + " has no sign", fmt::format("+{0} or -{0}", word)};
        } else {
            options.nodes.push_back(word);
        }
    }
    if (!choice.drift.empty()) {
        options.change.drift = parse_drift(choice.drift);
        if (!options.change.drift) {
            throw InputError{"--drift " + quoted(choice.drift) + " is not a drift of at most " +
                                 spell_drift(most_drift).substr(1),
                             "200ppm, -50ppm or 3ppb"};
        }
    }
    if (options.change.any() && options.nodes.empty()) {
        throw InputError{"clock needs to know whose", "netlab clock n2 +500ms"};
    }
}

} // namespace

void add_clock(CLI::App& app, ClockChoice& choice) {
    auto& command = *app.add_subcommand("clock", "show and move the wall clocks of nodes");
    command
        .add_option("NODE", choice.words,
                    "nodes (n1, 'n[1-3]', '@label', all), and how far their clocks jump: +500ms, "
                    "-2s")
        ->type_name("");
    command
        .add_option("--drift", choice.drift,
                    "from now on they gain so much: 200ppm, or lose: "
                    "-50ppm")
        ->type_name("PPM");
    command.add_flag("--reset", choice.options.change.reset, "back to what the topology file says");
    command.add_option("-l,--lab", choice.options.lab, "of this lab")
        ->type_name("NAME")
        ->each(refuse_empty_lab);
    command.add_flag("--json", choice.options.json, "print JSON");
    command.footer("\nShows the clocks, of all nodes unless said, and which processes do not go by "
                   "them: static ones,\nthose of Go, and those that ran before their node had a "
                   "clock of its own.\n\n"
                   "  netlab clock n2 +500ms\n"
                   "  netlab clock '@cluster' --drift 200ppm\n"
                   "  netlab clock n2 --reset");
    command.callback([&choice] {
        read_words(choice);
        choice.run = [&choice] { return run_clock(choice.options); };
    });
}

} // namespace netlab
