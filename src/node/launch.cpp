#include "node/launch.h"

#include "node/join_inside.h"
#include "sys/check.h"
#include "sys/process.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include <fcntl.h>
#include <grp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

void become_user(const NodeUser& user) {
    std::ignore =
        ::setgroups(user.groups.size(), user.groups.data()); // refused where one id only is mapped
    check(::setresgid(user.gid, user.gid, user.gid), "become group {} (is it mapped?)", user.gid);
    check(::setresuid(user.uid, user.uid, user.uid), "become user {} (is it mapped?)", user.uid);
}

/// The same open file under a number that is not one of 0, 1, 2.
int lifted(int fd) {
    return fd > 2 ? fd : check(::fcntl(fd, F_DUPFD_CLOEXEC, 3), "move descriptor {}", fd);
}

void take_stdio(int out, int err) {
    const int from_out = lifted(out);
    const int from_err = lifted(err);
    const int null = lifted(check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null"));
    check(::dup2(null, STDIN_FILENO), "set up stdin");
    check(::dup2(from_out, STDOUT_FILENO), "set up stdout");
    check(::dup2(from_err, STDERR_FILENO), "set up stderr");
    check(::syscall(SYS_close_range, 3, ~0U, 0), "close other files");
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    for (const auto& word : words) {
        result.push_back(const_cast<char*>(word.c_str()));
    }
    result.push_back(nullptr);
    return result;
}

} // namespace

void become_command(const NodeCommand& command, int out, int err) noexcept {
    try {
        take_stdio(out, err);
        const auto user =
            find_user(command.user, small_file("/etc/passwd"), small_file("/etc/group"));
        JoinRequest request;
        request.env = command.env;
        const auto environment = command_environment(request, user, nullptr, false);
        ::setsid();
        become_user(user);
        const auto& workdir = command.workdir.empty() ? std::string{"/"} : command.workdir;
        check(::chdir(workdir.c_str()), "enter the working directory {}", workdir);
        reset_signals();
        int error = ENOENT;
        for (const auto& path : command_candidates(command.argv[0], environment)) {
            ::execve(path.c_str(), pointers(command.argv).data(), pointers(environment).data());
            error = errno != ENOENT ? errno : error;
        }
        throw_errno(error, "run " + command.argv[0]);
    } catch (const std::exception& error) {
        ::dprintf(STDERR_FILENO, "netlab: %s\n", error.what());
    }
    ::_exit(127);
}

std::string describe_status(int status) {
    if (!WIFSIGNALED(status)) {
        return fmt::format("ended with exit code {}", WEXITSTATUS(status));
    }
    const char* const name = ::sigabbrev_np(WTERMSIG(status)); // none for SIGRTMIN and after
    return fmt::format("was killed by signal {}{}", WTERMSIG(status),
                       name != nullptr ? fmt::format(" (SIG{})", name) : "");
}

} // namespace netlab
