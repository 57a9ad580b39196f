#include "node/kept_service.h"

#include "node/launch.h"
#include "sys/check.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;
using Restart = ServiceSpec::Restart;

constexpr auto first_delay = 100ms;
constexpr auto longest_delay = 10s;
/// What has run for so long is no longer thought to fail again at once.
constexpr auto good_run = 10s;
constexpr auto between_checks = 20ms;

/// Of its output when it has ended: no more than the pipes hold, and a little.
constexpr int last_reads = 20;

constexpr std::size_t shown_lines = 10;
constexpr std::size_t shown_bytes = 3000;

/// Both ends without waiting would be wrong: the service's own would make its write(2) fail.
std::array<UniqueFd, 2> make_pipe() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for a service's output");
    std::array<UniqueFd, 2> pipe{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
    check(::fcntl(pipe[0].get(), F_SETFL, O_NONBLOCK), "set up a pipe");
    return pipe;
}

std::string last_lines(LogReader reader) {
    std::string text;
    for (const auto& piece : reader.read()) {
        if (piece.stream != LogStream::note) {
            text += piece.bytes;
            text.erase(0, text.size() > 2 * shown_bytes ? text.size() - shown_bytes : 0);
        }
    }
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    auto begin = text.size();
    for (std::size_t lines = 0; begin > 0 && text.size() - begin < shown_bytes; --begin) {
        lines += text[begin - 1] == '\n' ? 1 : 0;
        if (lines == shown_lines) {
            break;
        }
    }
    std::string lines;
    for (const char byte : text.substr(begin)) { // a report ends with its first zero
        lines += byte == '\0' ? "\\x00" : std::string(1, byte);
    }
    return lines;
}

std::int64_t wall_clock() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

KeptService::KeptService(const ServiceSpec& spec, ServiceStatus& status, LogWriter log,
                         LogReader tail)
    : spec_{spec}, status_{status}, log_{log}, tail_{tail}, probe_{spec} {
    status_.exit_status = -1;
}

void KeptService::become(ServiceState state) {
    status_.state = state;
    status_.pid = pid_;
}

void KeptService::note(const std::string& text) {
    log_.append(LogStream::note, text + "\n");
}

void KeptService::signal_group(int signal) const {
    // One that was forked a moment ago has no group of its own yet.
    if (group_ > 0 && ::kill(-group_, signal) != 0 && pid_ > 0) {
        ::kill(pid_, signal);
    }
}

bool KeptService::group_is_empty() const {
    return group_ <= 0 || ::kill(-group_, 0) != 0;
}

void KeptService::start(Time now) {
    ready_by_ = now + spec_.within;
    was_ready_ = false;
    if (state() == ServiceState::stopping) {
        start_again_ = true;
    } else if (pid_ > 0) {
        was_ready_ = state() == ServiceState::ready;
    } else {
        delay_ = first_delay;
        launch(now);
    }
}

void KeptService::launch(Time now) {
    signal_group(SIGKILL); // what the one before has left behind may hold its port
    try {
        auto out = make_pipe();
        auto err = make_pipe();
        pid_ = check(::fork(), "fork for {}", spec_.name);
        if (pid_ == 0) {
            become_command({spec_.argv, spec_.env, spec_.user, spec_.workdir}, out[1].get(),
                           err[1].get());
        }
        output_ = {std::move(out[0]), std::move(err[0])};
    } catch (const std::system_error& error) {
        pid_ = 0;
        refusal_ = error.what();
        note(refusal_);
        main_ended(W_EXITCODE(127, 0), now);
        return;
    }
    refusal_.clear();
    group_ = pid_;
    started_ = now;
    status_.since = static_cast<std::uint64_t>(wall_clock());
    become(ServiceState::starting);
    note(fmt::format("started, pid {}", pid_));
    probe_.begin(now);
}

void KeptService::stop(Time now, std::chrono::milliseconds patience) {
    probe_.end();
    start_again_ = false;
    if (state() != ServiceState::stopping) {
        note(pid_ > 0 ? "stopping" : "stopped");
        signal_group(spec_.stop_signal);
    }
    kill_at_ = now + (patience.count() > 0 ? patience : spec_.stop_timeout);
    become(ServiceState::stopping);
    try_to_finish_stop(now);
}

void KeptService::try_to_finish_stop(Time now) {
    if (pid_ > 0 || !group_is_empty()) {
        return;
    }
    group_ = 0;
    become(ServiceState::stopped);
    if (start_again_) {
        start_again_ = false;
        start(now);
    }
}

void KeptService::tick(Time now) {
    switch (state()) {
    case ServiceState::stopping:
        if (now >= kill_at_) {
            note("did not end in time: killed");
            signal_group(SIGKILL);
            kill_at_ = now + 1s;
        }
        try_to_finish_stop(now);
        break;
    case ServiceState::restarting:
        if (now >= restart_at_) {
            ++status_.restarts;
            launch(now);
        }
        break;
    default:
        probe_.tick(now);
        if (probe_.is_ready()) {
            probe_.end();
            was_ready_ = true;
            if (probe_.is_explicit()) {
                note("is ready");
            }
            if (state() == ServiceState::starting) {
                become(ServiceState::ready);
            }
        }
    }
}

KeptService::Time KeptService::next() const {
    switch (state()) {
    case ServiceState::stopping:
        return pid_ > 0 ? kill_at_
                        : std::min(kill_at_, std::chrono::steady_clock::now() + between_checks);
    case ServiceState::restarting:
        return restart_at_;
    default:
        return probe_.next();
    }
}

void KeptService::add_polls(std::vector<pollfd>& polls) const {
    for (const auto& pipe : output_) {
        if (pipe) {
            polls.push_back({pipe.get(), POLLIN, 0});
        }
    }
    probe_.add_polls(polls);
}

void KeptService::read_output() {
    std::string seen;
    for (std::size_t i = 0; i < output_.size(); ++i) {
        if (!output_.at(i)) {
            continue;
        }
        const bool listens = probe_.listens();
        const auto got = log_.take(output_.at(i).get(), i == 0 ? LogStream::out : LogStream::err,
                                   listens ? &seen : nullptr);
        if (got > 0 && listens) {
            probe_.hear(seen);
        }
        if (got == 0) {
            output_.at(i).reset(); // nobody has it open any more
        }
    }
}

bool KeptService::take_end(pid_t pid, int status, Time now) {
    if (probe_.take_end(pid, status)) {
        return true;
    }
    if (pid != pid_) {
        return false;
    }
    for (int i = 0; i < last_reads; ++i) {
        read_output();
    }
    pid_ = 0;
    main_ended(status, now);
    if (group_is_empty()) {
        group_ = 0; // its number may be another's from now on
    }
    return true;
}

void KeptService::main_ended(int status, Time now) {
    status_.exit_status = status;
    status_.since = static_cast<std::uint64_t>(wall_clock());
    if (state() == ServiceState::stopping) {
        note(describe_status(status));
        become(ServiceState::stopping);
        try_to_finish_stop(now);
        return;
    }
    const bool well = status == 0;
    if (spec_.restart == Restart::always || (spec_.restart == Restart::on_failure && !well)) {
        probe_.end();
        signal_group(SIGTERM);
        delay_ = now - started_ >= good_run ? first_delay : delay_;
        note(fmt::format("{}; is started again in {} ms", describe_status(status), delay_.count()));
        restart_at_ = now + delay_;
        delay_ = std::min<std::chrono::milliseconds>(delay_ * 2, longest_delay);
        become(ServiceState::restarting);
        return;
    }
    note(describe_status(status));
    if (!well) {
        probe_.end();
        signal_group(SIGTERM);
    } else if (!probe_.is_explicit()) {
        probe_.end();
        was_ready_ = true;
    } // else it may have left a daemon behind that is ready in a moment
    become(well ? ServiceState::ended : ServiceState::failed);
}

KeptService::Verdict KeptService::verdict(Time now) const {
    if (was_ready_) {
        return Verdict::ready;
    }
    if (state() == ServiceState::failed || (state() == ServiceState::stopped && !start_again_) ||
        now >= ready_by_) {
        return Verdict::failed;
    }
    return Verdict::pending;
}

std::string KeptService::failure() const {
    if (!refusal_.empty()) {
        return "could not be started: " + refusal_;
    }
    const int status = status_.exit_status;
    const bool ended = state() == ServiceState::failed || state() == ServiceState::restarting ||
                       status_.restarts > 0 || (status > 0 && !probe_.is_explicit());
    std::string text =
        state() == ServiceState::failed ? describe_status(status)
        : state() == ServiceState::stopped
            ? "was stopped"
            : fmt::format("was not ready within {} ms: {}", spec_.within.count(),
                          ended ? describe_status(status) + " each time" : probe_.why_not());
    const auto lines = last_lines(tail_);
    return text + (lines.empty() ? "; it has printed nothing" : "; its log ends with:\n" + lines);
}

} // namespace netlab
