#include "node/set_up.h"

#include "node/join_user.h"
#include "node/launch.h"
#include "node/sysctl.h"
#include "sys/check.h"
#include "sys/id_map.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t shown_output = 2000;

void run_command(const NodeSpec& spec, const std::vector<std::string>& argv) {
    // A file rather than a pipe: a daemon that the command leaves behind may keep it open.
    const UniqueFd output{check(::memfd_create("output", MFD_CLOEXEC), "keep the output")};
    const pid_t pid = check(::fork(), "fork for {}", argv[0]);
    if (pid == 0) {
        become_command({argv, spec.env, spec.user, spec.workdir}, output.get(), output.get());
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        const auto text = tail_of(output.get(), shown_output);
        throw std::runtime_error{describe_status(status) + (text.empty() ? "" : ":\n" + text)};
    }
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

void set_up_node(const NodeSpec& spec, Report& report) {
    check_user(spec.user);
    report.subject = Report::Subject::sysctl;
    for (report.item = 0; report.item < spec.sysctls.size(); ++report.item) {
        const auto& [name, value] = spec.sysctls[report.item];
        write_sysctl(name, value);
    }
    report.subject = Report::Subject::command;
    for (report.item = 0; report.item < spec.commands.size(); ++report.item) {
        run_command(spec, spec.commands[report.item]);
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
