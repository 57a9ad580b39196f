#include "cli/show_errors.h"

#include "base/diagnostic.h"
#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <new>

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

} // namespace

int show_errors(int (*command)(int argc, char** argv), int argc, char** argv) noexcept {
    try {
        return command(argc, argv);
    } catch (const InputError& error) {
        show(error);
        return 2;
    } catch (const OutputError& error) {
        if (error.code().value() != EPIPE) { // whoever closes a pipe has read enough
            show(error);
        }
        return 1;
    } catch (const std::bad_alloc&) { // says its own name only
        std::fputs(
            "error: this command got no memory: its limit (ulimit -v), that of its cgroup, or "
            "the machine's is reached\n",
            stderr);
        return 1;
    } catch (const std::exception& error) {
        show(error);
        return 1;
    }
}

} // namespace netlab
