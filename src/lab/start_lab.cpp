#include "lab/start_lab.h"

#include "base/diagnostic.h"
#include "image/owners.h"
#include "lab/daemon_check.h"
#include "lab/published_ports.h"
#include "lab/way_out.h"
#include "node/launch.h"
#include "node/spawn.h"
#include "sys/blocked_signals.h"
#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/id_choice.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <array>
#include <csignal>
#include <tuple>

#include <linux/sched.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::uint64_t lab_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                                         CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

/// The kernel takes every node apart before the supervisor is gone, which is much of a large lab;
/// more than that is a file system that never answers.
constexpr std::chrono::seconds longest_end{60};

/// The supervisor while it is not yet known to be well: ended and reaped unless let go.
class Fledgling {
public:
    explicit Fledgling(Clone clone) : clone_(std::move(clone)) {}
    ~Fledgling() {
        if (clone_.pid > 0) {
            end_child(clone_.pid, longest_end);
        }
    }
    Fledgling(const Fledgling&) = delete;
    Fledgling& operator=(const Fledgling&) = delete;

    pid_t pid() const { return clone_.pid; }
    const UniqueFd& pidfd() const { return clone_.pidfd; }
    void let_go() { clone_.pid = -1; }
    /// How it ended, in words, when it has closed its channel without a word.
    std::string end() {
        int status = 0;
        if (!wait_for_end(clone_.pidfd, std::chrono::seconds{5}) ||
            ::waitpid(clone_.pid, &status, WNOHANG) != clone_.pid) {
            return "has closed its channel";
        }
        clone_.pid = -1;
        return describe_status(status);
    }

private:
    Clone clone_;
};

Clone clone_supervisor() {
    auto clone = clone_process(lab_namespaces, true);
    if (clone.pid < 0) {
        const int error = errno;
        const auto why = explain_namespace_error(error);
        throw_errno(error, "make the namespaces of the lab" + (why.empty() ? "" : ": " + why));
    }
    return clone;
}

void give_ids(pid_t supervisor, IdMaps& maps, const StartOptions& options) {
    write_id_maps(supervisor, maps);
    if (!maps.remark.empty()) {
        options.remark(maps.advice());
    }
}

std::string last_lines(const std::string& text, std::size_t lines) {
    auto begin = text.size();
    for (; begin > 0 && lines > 0; --begin) {
        lines -= begin < text.size() && text[begin - 1] == '\n' ? 1U : 0U;
    }
    return text.substr(begin == 0 ? 0 : begin + 1);
}

[[noreturn]] void refuse_silence(Fledgling& supervisor, const StateDirectory& state) {
    if (was_taken_down(state.path())) {
        throw std::runtime_error{fmt::format("lab {} was taken down while it started",
                                             state.path().filename().string())};
    }
    const auto log = last_lines(read_file_or(state.path() / "log", ""), 10);
    const auto end = supervisor.end();
    const bool killed = end.find("SIGKILL") != std::string::npos;
    throw std::runtime_error{
        fmt::format("the supervisor of the lab died while starting it: it {}; its log {}{}", end,
                    log.empty() ? "is empty" : "ends with\n" + log,
                    killed ? "\n  hint: unless somebody did that, the host had no memory left for "
                             "the lab (dmesg tells)"
                           : "")};
}

/// A node asks for its uplink, which only a process of the host's can make.
void open_way_out(WayOut& way_out, const Plan& plan, const StartMessage& message,
                  const UniqueFd& netns, const Fledgling& supervisor, const UniqueFd& channel) {
    if (!netns) {
        throw std::runtime_error{
            "cannot open the lab's way out: the node's network namespace did not "
            "come along with the request; is the limit of open files reached "
            "(ulimit -n)?"};
    }
    const auto uplink = way_out.open(plan.nodes.at(message.done), netns, supervisor.pidfd());
    std::ignore = send_answer(channel, to_text(uplink), uplink.holder.get());
}

void wait_until_ready(Fledgling& supervisor, const UniqueFd& channel,
                      const BlockedSignals& interrupts, const StateDirectory& state,
                      const StartOptions& options,
                      const std::function<void(const StartMessage&, const UniqueFd&)>& asked) {
    for (;;) {
        std::array<pollfd, 2> waits{{{channel.get(), POLLIN, 0}, {interrupts.fd(), POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
            throw_errno(errno, "wait for the supervisor");
        }
        if ((waits[1].revents & POLLIN) != 0) {
            throw Interrupted{interrupts.take()};
        }
        if (waits[0].revents == 0) {
            continue;
        }
        UniqueFd descriptor;
        const auto message = receive_message(channel, descriptor);
        if (!message) {
            refuse_silence(supervisor, state);
        }
        if (message->kind == StartMessage::Kind::failed) {
            if (!message->hint.empty()) {
                throw InputError{message->text, message->hint};
            }
            throw std::runtime_error{message->text};
        }
        if (message->kind == StartMessage::Kind::ready) {
            return;
        }
        if (message->kind == StartMessage::Kind::way_out) {
            asked(*message, descriptor);
            continue;
        }
        options.progress(*message);
    }
}

/// Root's namespaces map other ids than its own, so only root itself may open what is root's.
bool opens_binds_itself(const IdMaps& maps) {
    return maps.writer == IdMaps::Writer::kernel && maps.uids.front().outside != ::geteuid();
}

/// Shared with the supervisor, which is not in the host's user namespace and cannot ask by itself.
UniqueFd open_owners() {
    return UniqueFd{check(::memfd_create("owners", MFD_CLOEXEC), "make a file for owners")};
}

void tell_owners(const UniqueFd& file, const UniqueFd& channel) {
    const auto text = to_text(read_owners());
    check(::pwrite(file.get(), text.data(), text.size(), 0), "tell the owners of files");
    std::ignore = send_go(channel);
}

void remark(const WayOut& way_out, const StartOptions& options) {
    if (!way_out.remark().empty()) {
        options.remark(way_out.remark());
    }
}

void let_go(Fledgling& supervisor, const UniqueFd& channel, const StartOptions& options) {
    options.ready();
    if (!send_go(channel)) {
        throw std::runtime_error{
            "the lab ended at the moment that it was up; its supervisor was killed"};
    }
    supervisor.let_go();
}

void start(const Plan& plan, const Source& source, const StateDirectory& state,
           const StartOptions& options) {
    auto maps = choose_id_maps();
    const bool early_binds = opens_binds_itself(maps);
    auto trees = early_binds ? open_bind_trees(plan) : BindTrees{};
    auto channel = StartChannel::open();
    auto listener = state.bind_control();
    auto log = state.open_log();
    auto owners = open_owners();
    const BlockedSignals interrupts{SIGINT, SIGTERM, SIGHUP};
    auto ports = open_published_ports(plan);
    LabCgroups cgroups{plan, state};
    WayOut way_out{plan};
    remark(way_out, options);
    const auto state_root = std::filesystem::canonical(state.path().parent_path());
    // What reading and planning have left free: each node's clone would copy its page tables.
    ::malloc_trim(0);
    auto clone = clone_supervisor();
    if (clone.pid == 0) {
        channel.command.reset();
        run_supervisor({plan, source, std::move(maps), std::move(trees),
                        std::move(channel.supervisor), std::move(listener), std::move(log),
                        std::move(owners), false, std::move(cgroups.nodes()),
                        options.set_up_patience, options.log_level, state_root,
                        way_out.resolv_conf(), options.serve, std::move(ports), options.tethered});
    }
    channel.supervisor.reset();
    ports.clear(); // they are free when the supervisor has ended, and not later
    Fledgling supervisor{std::move(clone)};
    cgroups.nodes().clear();
    cgroups.leave_sweeper(supervisor.pidfd());
    give_ids(supervisor.pid(), maps, options);
    if (early_binds) {
        map_bind_owners(trees, plan, supervisor.pid());
    }
    check_daemons(plan, maps);
    std::ignore = send_go(channel.command);
    tell_owners(owners, channel.command);
    wait_until_ready(supervisor, channel.command, interrupts, state, options,
                     [&](const StartMessage& message, const UniqueFd& netns) {
                         open_way_out(way_out, plan, message, netns, supervisor, channel.command);
                     });
    let_go(supervisor, channel.command, options);
    cgroups.keep();
}

} // namespace

void start_lab(const Plan& plan, const Source& source, const StateDirectory& state,
               const StartOptions& options) {
    try {
        start(plan, source, state, options);
    } catch (const LabError& error) { // the supervisor tells its own by the channel
        const auto text = with_place(error, source);
        if (!error.hint().empty()) {
            throw InputError{text, error.hint()};
        }
        throw std::runtime_error{text};
    }
}

} // namespace netlab
