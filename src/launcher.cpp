#include "base/quote.h"
#include "cli/commands.h"
#include "cli/exec_arguments.h"
#include "cli/show_errors.h"
#include "sys/process.h"

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

// What `netlab` is: `exec`, which is asked for most often, and the way to everything else. A small
// program without shared libraries starts in a fraction of the time (docs/decisions/launcher.md).

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// The program with the other commands: where it is installed, or beside this one in a build tree.
fs::path main_program() {
    const auto here = fs::read_symlink("/proc/self/exe").parent_path();
    const auto installed = here / NETLAB_MAIN_PROGRAM;
    std::error_code missing;
    return fs::exists(installed, missing) ? installed.lexically_normal() : here / "netlab-main";
}

int launch(int argc, char** argv) {
    if (const auto options = parse_exec(argc, argv)) {
        return run_exec(*options);
    }
    const auto program = main_program();
    ::execv(program.c_str(), argv);
    const auto reason = std::generic_category().message(errno);
    throw std::runtime_error{
        fmt::format("cannot start {}: {}; a part of netlab is missing: install it again "
                    "(cmake --install)",
                    printable(program.string()), reason)};
}

} // namespace

} // namespace netlab

int main(int argc, char** argv) {
    netlab::open_missing_stdio();
    return netlab::show_errors(netlab::launch, argc, argv);
}
