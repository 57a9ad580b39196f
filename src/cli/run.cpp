#include "base/quote.h"
#include "cli/commands.h"
#include "cli/start_planned.h"
#include "control/client.h"
#include "sys/check.h"
#include "sys/id_choice.h"
#include "sys/own_program.h"
#include "sys/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr int not_found = 127;
constexpr int not_to_be_run = 126;

/// Signals that would end netlab before the lab: while this lives they wait, and are passed on to
/// the command.
class Passed {
public:
    Passed() {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) {
            sigaddset(&signals, signal);
        }
        ::sigprocmask(SIG_BLOCK, &signals, &before_);
        fd_.reset(check(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "wait for signals"));
    }
    ~Passed() {
        for (signalfd_siginfo taken{}; ::read(fd_.get(), &taken, sizeof taken) > 0;) {
        }
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
    }
    Passed(const Passed&) = delete;
    Passed& operator=(const Passed&) = delete;

    int fd() const { return fd_.get(); }

    /// One that came before there was a command to take it; 0: none.
    int early() const {
        signalfd_siginfo taken{};
        return ::read(fd_.get(), &taken, sizeof taken) == sizeof taken
                   ? static_cast<int>(taken.ssi_signo)
                   : 0;
    }
    /// Those of the terminal have reached the command already, which is in the same process group.
    void pass_on(pid_t command) const {
        for (signalfd_siginfo taken{}; ::read(fd_.get(), &taken, sizeof taken) == sizeof taken;) {
            if (taken.ssi_code != SI_KERNEL) {
                ::kill(command, static_cast<int>(taken.ssi_signo));
            }
        }
    }
    /// In the command: signals are as netlab found them.
    void undo() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
    UniqueFd fd_;
};

[[noreturn]] void become(const std::vector<std::string>& command) {
    std::vector<char*> words;
    for (const auto& word : command) {
        words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    ::execvp(words.front(), words.data());
    const int error = errno;
    print(stderr, fmt::format("netlab: cannot run {}: {}\n", quoted(command.front()),
                              std::generic_category().message(error)));
    std::_Exit(error == ENOENT ? not_found : not_to_be_run);
}

/// Ends the lab when it goes, whatever has happened.
class Tenancy {
public:
    explicit Tenancy(std::filesystem::path lab) : lab_{std::move(lab)} {}
    ~Tenancy() {
        try {
            end();
        } catch (const std::exception& error) {
            print(stderr, fmt::format("{}{}\n", error_word(wants_colour(stderr)), error.what()));
        }
    }
    Tenancy(const Tenancy&) = delete;
    Tenancy& operator=(const Tenancy&) = delete;

    /// Throws std::system_error.
    void end() {
        if (!lab_.empty()) {
            end_lab(std::exchange(lab_, {}));
        }
    }

private:
    std::filesystem::path lab_;
};

/// Its exit code as a shell gives it.
int wait_for(pid_t command, const Passed& signals) {
    const UniqueFd end{
        static_cast<int>(check(::syscall(SYS_pidfd_open, command, 0), "watch the command"))};
    for (;;) {
        std::array<::pollfd, 2> waits{{{end.get(), POLLIN, 0}, {signals.fd(), POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
            throw_errno(errno, "wait for the command");
        }
        signals.pass_on(command);
        int status = 0;
        if (check(::waitpid(command, &status, WNOHANG), "wait for the command") == command) {
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
    }
}

int run_beside(const std::string& lab, const std::vector<std::string>& command,
               const Passed& signals) {
    const auto pid = check(::fork(), "start the command");
    if (pid == 0) {
        signals.undo();
        ::setenv("NETLAB_LAB", lab.c_str(), 1);
        become(command);
    }
    return wait_for(pid, signals);
}

int start_and_run(const RunCommandOptions& options, PlannedFile& planned) {
    ProgressLine progress;
    auto start = shown_start(progress, false);
    start.set_up_patience = options.timeout;
    start.tethered = true;
    const Passed signals; // from now on none ends netlab between the lab's start and the command's
    Tenancy lab{start_planned(planned, options.file, start,
                              options.lab.empty() ? LabNaming::next_free : LabNaming::as_planned)};
    progress.clear();
    if (const int signal = signals.early(); signal != 0) {
        throw Interrupted{signal};
    }
    const auto exit_code = run_beside(planned.plan.name, options.command, signals);
    lab.end();
    return exit_code;
}

} // namespace

int run_command_beside(const RunCommandOptions& options) {
    shield_own_program(choose_id_maps().uids);
    auto planned = read_plan(options.file, options.lab);
    print(stderr, render(planned.diagnostics, planned.source, wants_colour(stderr)));
    if (planned.diagnostics.has_errors()) {
        return 2;
    }
    try {
        return start_and_run(options, planned);
    } catch (const Interrupted& interrupted) {
        print(stderr, "interrupted; everything is taken down again\n");
        return 128 + interrupted.signal;
    }
}

} // namespace netlab
