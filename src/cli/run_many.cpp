#include "cli/run_many.h"

#include "cli/run_many_lines.h"
#include "cli/terminal.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

/// What a pipe can hold at most (fs.pipe-max-size): more than this a command cannot have left
/// behind in it.
constexpr std::size_t most_to_drain = 1UL << 20U;
constexpr std::size_t read_at_once = 64UL << 10U;
/// The way into nodes takes a processor and the kernel's locks, of mounts above all. More than this
/// for each processor at the same time hinder each other: 1000 first commands then take a sixth
/// longer (two processors).
constexpr std::size_t most_entering_each = 4;
/// One that takes longer than this waits for something else.
constexpr std::chrono::milliseconds usual_entry{50};
constexpr int look_again_ms = 1;
constexpr std::array<int, 6> name_colours{36, 33, 32, 35, 34, 31};

/// Takes what a command prints: a piece of it, or an empty one at the end.
using Sink = std::function<void(std::string_view)>;

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto put = ::write(fd, text.data(), text.size());
        if (put >= 0) {
            text.remove_prefix(static_cast<std::size_t>(put));
        } else if (errno == EAGAIN) {
            ::pollfd room{fd, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            throw_errno(errno, "write the output");
        }
    }
}

/// The reading end of a pipe, and where to take it.
class Stream {
public:
    Stream(UniqueFd fd, Sink sink) : fd_{std::move(fd)}, sink_{std::move(sink)} {}

    int fd() const { return fd_.get(); }

    /// Reads once. Returns how much.
    std::size_t take() {
        static std::array<char, read_at_once> bytes;
        const auto got = fd_ ? ::read(fd_.get(), bytes.data(), bytes.size()) : 0;
        if (got > 0) {
            sink_({bytes.data(), static_cast<std::size_t>(got)});
            return static_cast<std::size_t>(got);
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            fd_.reset();
        }
        return 0;
    }

    /// Takes what the command left in the pipe. Not until end-of-file: a daemon of it may hold the
    /// pipe open.
    void finish() {
        for (std::size_t drained = 0, got = 1; got > 0 && drained < most_to_drain; drained += got) {
            got = take();
        }
        sink_({});
    }

private:
    UniqueFd fd_;
    Sink sink_;
};

struct Pipe {
    UniqueFd from;
    UniqueFd to;
};

Pipe new_pipe() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for a command's output");
    Pipe pipe{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
    check(::fcntl(ends[0], F_SETFL, O_NONBLOCK), "read a pipe without blocking");
    return pipe;
}

/// A command that is running, and its two streams.
struct Running {
    std::size_t index;
    steady_clock::time_point begun;
    JoinedCommand command;
    Stream out;
    Stream err;
};

struct Sinks {
    Sink out;
    Sink err;
};
using MakeSinks = std::function<Sinks(std::size_t index)>;

/// Keeps up to `at_once` commands running until all have.
class Crowd {
public:
    Crowd(const std::vector<JoinRequest>& requests, std::size_t at_once, MakeSinks make_sinks)
        : requests_{requests}, at_once_{std::max<std::size_t>(at_once, 1)}, make_sinks_{std::move(
                                                                                make_sinks)},
          nothing_{check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null")} {
        results_.resize(requests.size());
        for (std::size_t i = 0; i < requests.size(); ++i) {
            results_[i].name = requests[i].node_name;
        }
    }

    std::vector<NodeResult> run() {
        while (next_ < requests_.size() || !running_.empty()) {
            while (wants_more() && entering() < most_entering_) {
                start(next_++);
            }
            if (!running_.empty()) {
                serve();
            }
        }
        return std::move(results_);
    }

private:
    bool wants_more() const { return next_ < requests_.size() && running_.size() < at_once_; }

    std::size_t entering() const {
        const auto now = steady_clock::now();
        return static_cast<std::size_t>(
            std::count_if(running_.begin(), running_.end(), [now](const Running& one) {
                return one.command.is_entering() && now - one.begun < usual_entry;
            }));
    }

    void start(std::size_t index) {
        if (stopped_by_ != 0) {
            fail(index, 128 + stopped_by_, "interrupted before it started");
            return;
        }
        try {
            auto out = new_pipe();
            auto err = new_pipe();
            auto command =
                start_in_node(requests_[index], {nothing_.get(), out.to.get(), err.to.get()});
            auto sinks = make_sinks_(index);
            running_.push_back({index, steady_clock::now(), std::move(command),
                                Stream{std::move(out.from), std::move(sinks.out)},
                                Stream{std::move(err.from), std::move(sinks.err)}});
        } catch (const std::system_error& refusal) {
            fail(index, 1, refusal.what());
        }
    }

    void fail(std::size_t index, int exit_code, const std::string& reason) {
        results_[index].exit_code = exit_code;
        results_[index].error = requests_[index].node_name + ": " + reason;
    }

    void serve() {
        polled_.clear();
        polled_.push_back({inbox_.fd(), POLLIN, 0});
        for (const auto& one : running_) {
            polled_.push_back({one.out.fd(), POLLIN, 0});
            polled_.push_back({one.err.fd(), POLLIN, 0});
            polled_.push_back({one.command.ended_fd(), POLLIN, 0});
        }
        const int most_ms = wants_more() ? look_again_ms : -1;
        if (::poll(polled_.data(), polled_.size(), most_ms) < 0 && errno != EINTR) {
            throw_errno(errno, "wait for the commands");
        }
        if (polled_[0].revents != 0) {
            forward_signals();
        }
        for (std::size_t i = running_.size();
             i-- > 0;) { // backwards: those that ended are taken out
            serve_one(i, &polled_[1 + 3 * i]);
        }
    }

    void serve_one(std::size_t position, const ::pollfd* polled) {
        auto& one = running_[position];
        if (polled[2].revents != 0) {
            one.out.finish();
            one.err.finish();
            reap(one);
            running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(position));
            return;
        }
        if (polled[0].revents != 0) {
            one.out.take();
        }
        if (polled[1].revents != 0) {
            one.err.take();
        }
    }

    void reap(Running& one) {
        auto& result = results_[one.index];
        try {
            result.exit_code = one.command.wait();
        } catch (const CommandNotStarted& refusal) {
            result.exit_code = refusal.exit_code();
            result.error = refusal.what();
        }
    }

    void forward_signals() {
        for (int signal = 0; (signal = inbox_.next()) != 0;) {
            stopped_by_ = signal;
            for (const auto& one : running_) {
                one.command.send_signal(signal);
            }
        }
    }

    const std::vector<JoinRequest>& requests_;
    std::size_t at_once_;
    std::size_t most_entering_ =
        most_entering_each * std::max(std::thread::hardware_concurrency(), 1U);
    MakeSinks make_sinks_;
    UniqueFd nothing_;
    SignalInbox inbox_{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    std::vector<NodeResult> results_;
    std::vector<Running> running_;
    std::vector<::pollfd> polled_;
    std::size_t next_ = 0;
    int stopped_by_ = 0;
};

std::string prefix_of(const std::string& name, std::size_t width, int colour) {
    return colour == 0 ? fmt::format("{:<{}} | ", name, width)
                       : fmt::format("\x1b[{}m{:<{}}\x1b[0m | ", colour, name, width);
}

/// Writes whole lines to `fd`.
Sink lines_to(int fd, std::string prefix, bool printable) {
    return [fd, lines = PrefixedLines{std::move(prefix), printable},
            text = std::string{}](std::string_view piece) mutable {
        text.clear();
        if (piece.empty()) {
            lines.finish(text);
        } else {
            lines.add(piece, text);
        }
        write_all(fd, text);
    };
}

/// Keeps the first `most` bytes.
Sink keep_in(std::shared_ptr<std::pair<std::string, bool>> kept, std::size_t most) {
    return [kept = std::move(kept), most](std::string_view piece) {
        auto& [text, cut] = *kept;
        const auto room = std::min(piece.size(), most - text.size());
        text += piece.substr(0, room);
        cut = cut || room < piece.size();
    };
}

} // namespace

std::vector<NodeResult> run_in_nodes(const std::vector<JoinRequest>& requests,
                                     const RunManyOptions& options) {
    std::size_t width = 0;
    for (const auto& request : requests) {
        width = std::max(width, request.node_name.size());
    }
    auto results = Crowd{
        requests, options.at_once, [&](std::size_t index) {
            const int colour = options.colour ? name_colours[index % name_colours.size()] : 0;
            const auto& name = requests[index].node_name;
            const int out_colour = options.out_is_terminal ? colour : 0;
            const int err_colour = options.err_is_terminal ? colour : 0;
            return Sinks{lines_to(1, prefix_of(name, width, out_colour), options.out_is_terminal),
                         lines_to(2, prefix_of(name, width, err_colour), options.err_is_terminal)};
        }}.run();
    for (const auto& result : results) {
        if (!result.error.empty()) {
            write_all(2, fmt::format("netlab: {}\n", result.error));
        }
    }
    return results;
}

std::vector<NodeResult> collect_from_nodes(const std::vector<JoinRequest>& requests,
                                           const RunManyOptions& options) {
    using Kept = std::shared_ptr<std::pair<std::string, bool>>;
    std::vector<std::pair<Kept, Kept>> kept(requests.size());
    auto results = Crowd{
        requests, options.at_once, [&](std::size_t index) {
            kept[index] = {std::make_shared<Kept::element_type>(),
                           std::make_shared<Kept::element_type>()};
            return Sinks{keep_in(kept[index].first, options.kept_bytes),
                         keep_in(kept[index].second, options.kept_bytes)};
        }}.run();
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (const auto& [out, err] = kept[i]; out && err) {
            std::tie(results[i].out, results[i].out_cut) = std::move(*out);
            std::tie(results[i].err, results[i].err_cut) = std::move(*err);
        }
    }
    return results;
}

int overall_exit_code(const std::vector<NodeResult>& results) {
    int highest = 0;
    for (const auto& result : results) {
        highest = std::max(highest, result.exit_code);
    }
    return highest;
}

} // namespace netlab
