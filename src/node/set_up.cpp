#include "node/set_up.h"

#include "node/command_output.h"
#include "node/join_user.h"
#include "node/launch.h"
#include "node/sysctl.h"
#include "sys/check.h"
#include "sys/id_map.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t shown_output = 2000;

/// Waits for its end, and takes what it prints until then.
int wait_for_command(pid_t pid, CommandOutput& output, LeftOutput& left) {
    const UniqueFd ended{
        static_cast<int>(check(::syscall(SYS_pidfd_open, pid, 0), "watch a command"))};
    for (std::vector<pollfd> polls; polls.empty() || polls[0].revents == 0;) {
        polls = {{ended.get(), POLLIN, 0}, {output.fd(), POLLIN, 0}};
        left.add_polls(polls); // a command may wait for a daemon that one before it has left
        ::poll(polls.data(), polls.size(), -1);
        output.read();
        left.discard();
    }
    int status = 0;
    uninterrupted([&] { return ::waitpid(pid, &status, 0); });
    output.read();
    return status;
}

/// The node's working directory, or as long as no set-up command has made it `/`.
std::string workdir_so_far(const NodeSpec& spec) {
    const bool missing =
        !spec.workdir.empty() && ::access(spec.workdir.c_str(), F_OK) != 0 && errno == ENOENT;
    return missing ? "/" : spec.workdir;
}

void run_command(const NodeSpec& spec, const std::vector<std::string>& argv, LeftOutput& left) {
    CommandOutput output{shown_output};
    auto writing = output.open();
    const auto workdir = workdir_so_far(spec);
    const pid_t pid = check(::fork(), "fork for {}", argv[0]);
    if (pid == 0) {
        become_command({argv, spec.env, spec.user, workdir}, writing.get(), writing.get());
    }
    writing.reset();
    if (const int status = wait_for_command(pid, output, left); status != 0) {
        const auto text = output.text();
        throw std::runtime_error{describe_status(status) + (text.empty() ? "" : ":\n" + text)};
    }
    left.add(output.release());
}

/// Whether the node has a user, before anything runs as it.
void check_user(const std::string& name) {
    if (name.empty()) {
        return;
    }
    const auto user = find_user(name, small_file("/etc/passwd"), small_file("/etc/group"));
    for (const auto& extent : parse_id_map(read_file("/proc/self/uid_map"))) {
        if (user.uid >= extent.inside && user.uid - extent.inside < extent.count) {
            return;
        }
    }
    throw std::runtime_error{fmt::format("user '{}' (id {}) cannot be had: nodes have no such id; "
                                         "give the lab's owner a range of ids in "
                                         "/etc/subuid and /etc/subgid",
                                         name, user.uid)};
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

void set_up_node(const NodeSpec& spec, Report& report, LeftOutput& left) {
    check_user(spec.user);
    report.subject = Report::Subject::sysctl;
    for (report.item = 0; report.item < spec.sysctls.size(); ++report.item) {
        const auto& [name, value] = spec.sysctls[report.item];
        write_sysctl(name, value);
    }
    report.subject = Report::Subject::command;
    for (report.item = 0; report.item < spec.commands.size(); ++report.item) {
        run_command(spec, spec.commands[report.item], left);
    }
    report.subject = Report::Subject::service;
    for (report.item = 0; report.item < spec.services.size(); ++report.item) {
        check_user(spec.services[report.item].user);
    }
    report.subject = Report::Subject::root;
    report.item = 0;
    check_workdir(spec);
}

} // namespace netlab
