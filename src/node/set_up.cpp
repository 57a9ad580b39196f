#include "node/set_up.h"

#include "node/join_inside.h"
#include "node/sysctl.h"
#include "sys/check.h"
#include "sys/id_map.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <tuple>

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t shown_output = 2000;

void become_user(const NodeUser& user) {
    std::ignore =
        ::setgroups(user.groups.size(), user.groups.data()); // refused where one id only is mapped
    check(::setresgid(user.gid, user.gid, user.gid), "become group {} (is it mapped?)", user.gid);
    check(::setresuid(user.uid, user.uid, user.uid), "become user {} (is it mapped?)", user.uid);
}

void take_stdio(int output) {
    const UniqueFd null{check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null")};
    check(::dup2(null.get(), STDIN_FILENO), "set up stdin");
    check(::dup2(output, STDOUT_FILENO), "set up stdout");
    check(::dup2(output, STDERR_FILENO), "set up stderr");
    check(::syscall(SYS_close_range, 3, ~0U, 0), "close other files");
}

void reset_signals() {
    sigset_t none;
    sigemptyset(&none);
    ::signal(SIGPIPE, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    for (const auto& word : words) {
        result.push_back(const_cast<char*>(word.c_str()));
    }
    result.push_back(nullptr);
    return result;
}

[[noreturn]] void become_command(const NodeSpec& spec, const std::vector<std::string>& argv,
                                 int output) {
    try {
        take_stdio(output);
        const auto user = find_user(spec.user, small_file("/etc/passwd"), small_file("/etc/group"));
        JoinRequest request;
        request.env = spec.env;
        const auto environment = command_environment(request, user, nullptr, false);
        ::setsid();
        become_user(user);
        const auto& workdir = spec.workdir.empty() ? std::string{"/"} : spec.workdir;
        check(::chdir(workdir.c_str()), "enter the working directory {}", workdir);
        reset_signals();
        int error = ENOENT;
        for (const auto& path : command_candidates(argv[0], environment)) {
            ::execve(path.c_str(), pointers(argv).data(), pointers(environment).data());
            error = errno != ENOENT ? errno : error;
        }
        throw_errno(error, "run " + argv[0]);
    } catch (const std::exception& error) {
        ::dprintf(STDERR_FILENO, "netlab: %s\n", error.what());
    }
    ::_exit(127);
}

std::string output_tail(const UniqueFd& output) {
    const auto size = ::lseek(output.get(), 0, SEEK_END);
    std::array<char, shown_output> buffer{};
    const auto begin = std::max<off_t>(size - static_cast<off_t>(buffer.size()), 0);
    const auto n = ::pread(output.get(), buffer.data(), buffer.size(), begin);
    std::string text{buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

std::string describe_status(int status) {
    return WIFSIGNALED(status) ? fmt::format("was killed by signal {}", WTERMSIG(status))
                               : fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

void run_command(const NodeSpec& spec, const std::vector<std::string>& argv) {
    // A file rather than a pipe: a daemon that the command leaves behind may keep it open.
    const UniqueFd output{check(::memfd_create("output", MFD_CLOEXEC), "keep the output")};
    const pid_t pid = check(::fork(), "fork for {}", argv[0]);
    if (pid == 0) {
        become_command(spec, argv, output.get());
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        const auto text = output_tail(output);
        throw std::runtime_error{describe_status(status) + (text.empty() ? "" : ":\n" + text)};
    }
}

/// Whether the node has the user that everything in it runs as, before anything does.
void check_user(const NodeSpec& spec) {
    if (spec.user.empty()) {
        return;
    }
    const auto user = find_user(spec.user, small_file("/etc/passwd"), small_file("/etc/group"));
    for (const auto& extent : parse_id_map(read_file("/proc/self/uid_map"))) {
        if (user.uid >= extent.inside && user.uid - extent.inside < extent.count) {
            return;
        }
    }
    throw std::runtime_error{fmt::format("user '{}' (id {}) cannot be had: nodes have no such id; "
                                         "give the lab's owner a range of ids in "
                                         "/etc/subuid and /etc/subgid",
                                         spec.user, user.uid)};
}

/// Whether there is the directory that commands start in. Last, because set-up commands may make
/// it.
void check_workdir(const NodeSpec& spec) {
    if (!spec.workdir.empty()) {
        const UniqueFd there{check(::open(spec.workdir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                                   "find the working directory {}", spec.workdir)};
    }
}

} // namespace

void set_up_node(const NodeSpec& spec, Report& report) {
    check_user(spec);
    report.subject = Report::Subject::sysctl;
    for (report.item = 0; report.item < spec.sysctls.size(); ++report.item) {
        const auto& [name, value] = spec.sysctls[report.item];
        write_sysctl(name, value);
    }
    report.subject = Report::Subject::command;
    for (report.item = 0; report.item < spec.commands.size(); ++report.item) {
        run_command(spec, spec.commands[report.item]);
    }
    report.subject = Report::Subject::root;
    report.item = 0;
    check_workdir(spec);
}

} // namespace netlab
