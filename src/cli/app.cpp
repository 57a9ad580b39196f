#include "cli/app.h"

#include "base/diagnostic.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exec_arguments.h"
#include "cli/output.h"

#include <cerrno>
#include <cstdio>

#include <fmt/format.h>

namespace netlab {

namespace {

void show(const InputError& error) {
    const bool colour = wants_colour(stderr);
    for (const auto& mistake : error.diagnostics().all()) {
        print(stderr, fmt::format("{}{}\n", error_word(colour), mistake.message));
        if (!mistake.hint.empty()) {
            print(stderr, fmt::format("  hint: {}\n", mistake.hint));
        }
    }
}

void show(const std::exception& error) {
    print(stderr, fmt::format("{}{}\n", error_word(wants_colour(stderr)), error.what()));
}

int run(int argc, char** argv) {
    // `exec` is asked for most often and has the fewest options: it does not wait for the whole
    // command line to be described first.
    if (const auto options = parse_exec(argc, argv)) {
        return run_exec(*options);
    }
    return run_arguments(argc, argv);
}

} // namespace

int run_app(int argc, char** argv) noexcept {
    try {
        return run(argc, argv);
    } catch (const InputError& error) {
        show(error);
        return 2;
    } catch (const OutputError& error) {
        if (error.code().value() != EPIPE) { // whoever closes a pipe has read enough
            show(error);
        }
        return 1;
    } catch (const std::exception& error) {
        show(error);
        return 1;
    }
}

} // namespace netlab
