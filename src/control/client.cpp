#include "control/client.h"

#include "base/diagnostic.h"
#include "control/frame.h"
#include "control/own_command.h"
#include "lab/state_directory.h"
#include "sys/check.h"
#include "sys/process.h"

#include <algorithm>
#include <csignal>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr int reply_seconds = 30;
constexpr int end_seconds = 1;
/// A link whose interfaces are made anew takes 30 ms, 100 on a busy machine, and a lab may have
/// thousands: to be told of a failure while all is carried out would be worse than to wait.
constexpr int change_seconds = 3600;
/// The supervisor answers an errand in time by itself; a chain of nodes may take hours to start.
constexpr int errand_seconds = 24 * 3600;

UniqueFd connect_to(const std::filesystem::path& path) {
    const UniqueFd directory{
        check(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open {}", path.string())};
    UniqueFd socket{check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "make a socket")};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    fmt::format_to_n(address.sun_path, sizeof address.sun_path - 1, "/proc/self/fd/{}/control.sock",
                     directory.get());
    set_patience(socket, reply_seconds);
    check(uninterrupted([&] {
              return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
          }),
          "reach the supervisor of lab {}", path.filename().string());
    return socket;
}

/// A pidfd of the lab's supervisor, none if the lab has ended. A lab that has only just begun does
/// not listen yet, and one that is being taken down by somebody else does not any more: while its
/// folder is locked there is a supervisor.
UniqueFd find_supervisor(const std::filesystem::path& path, std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            return LabClient{path}.supervisor();
        } catch (const std::system_error&) {
            if (!is_running(path)) {
                return UniqueFd{};
            }
            if (std::chrono::steady_clock::now() > deadline) {
                throw;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

/// Throws what stood in the way, if anything did.
void require_success(const Reply& reply) {
    if (reply.refused) {
        throw std::runtime_error{reply.error};
    }
    if (!reply.error.empty()) {
        throw InputError{reply.error, reply.hint};
    }
}

Reply next_reply(const UniqueFd& socket) {
    auto reply = parse_reply(receive_frame(socket).text);
    require_success(reply);
    return reply;
}

} // namespace

LabClient::LabClient(const std::filesystem::path& path) : socket_(connect_to(path)) {}

const std::string& LabClient::command() {
    if (command_.empty()) {
        command_ = own_command();
    }
    return command_;
}

void LabClient::answer_uplink(const UplinkWanted& wanted, const std::vector<UniqueFd>& fds) {
    Request answer{Request::Kind::uplink, {wanted.node}};
    UniqueFd holder;
    try {
        if (!make_uplink_ || fds.empty()) {
            throw std::runtime_error{"this command cannot give it a way out"};
        }
        answer.uplink = make_uplink_(wanted, fds.front(), supervisor(), holder);
    } catch (const std::runtime_error& error) {
        answer.refusal = error.what();
    }
    send_frame(socket_, to_json(answer),
               holder ? std::vector<int>{holder.get()} : std::vector<int>{});
}

std::vector<NodeHandle> LabClient::ask(const Request& request) {
    send_frame(socket_, to_json(request));
    std::vector<NodeHandle> handles;
    for (;;) {
        auto frame = receive_frame(socket_);
        auto reply = parse_reply(frame.text);
        require_success(reply);
        if (!reply.uplink.node.empty()) {
            answer_uplink(reply.uplink, frame.fds);
            continue;
        }
        auto fd = frame.fds.begin();
        for (auto& node : reply.nodes) {
            const bool of_board = request.kind == Request::Kind::boards;
            const bool has_fd =
                (of_board ? !node.services.empty() : node.running) && fd != frame.fds.end();
            NodeHandle handle{std::move(node), UniqueFd{}, UniqueFd{}};
            (of_board ? handle.board : handle.pidfd) = has_fd ? std::move(*fd++) : UniqueFd{};
            handles.push_back(std::move(handle));
        }
        if (reply.last) {
            return handles;
        }
    }
}

std::vector<LinkAnswer> LabClient::ask_links(const Request& request) {
    send_frame(socket_, to_json(request));
    std::vector<LinkAnswer> links;
    for (;;) {
        auto reply = next_reply(socket_);
        std::ranges::move(reply.links, std::back_inserter(links));
        if (reply.last) {
            return links;
        }
    }
}

std::vector<LinkAnswer> LabClient::links(const std::vector<std::string>& targets) {
    Request request;
    request.kind = Request::Kind::links;
    request.change.targets = targets;
    return ask_links(request);
}

std::vector<LinkAnswer> LabClient::change_links(const LinkChange& change) {
    set_patience(socket_, change_seconds);
    Request request{Request::Kind::change, {}, change};
    request.command = command();
    return ask_links(request);
}

std::vector<FaultAnswer> LabClient::ask_faults(Request::Kind kind, const FaultRequest& fault) {
    set_patience(socket_, change_seconds);
    Request request{kind, {}};
    request.fault = fault;
    request.command = command();
    send_frame(socket_, to_json(request));
    std::vector<FaultAnswer> faults;
    for (;;) {
        auto reply = next_reply(socket_);
        std::ranges::move(reply.faults, std::back_inserter(faults));
        if (reply.last) {
            return faults;
        }
    }
}

FaultAnswer LabClient::part(const FaultRequest& request) {
    return ask_faults(Request::Kind::part, request).at(0);
}

std::vector<FaultAnswer> LabClient::heal(const FaultRequest& request) {
    return ask_faults(Request::Kind::heal, request);
}

std::vector<FaultAnswer> LabClient::faults() {
    return ask_faults(Request::Kind::faults, {});
}

std::vector<NodeAnswer> LabClient::pause(const std::vector<std::string>& patterns) {
    Request request{Request::Kind::pause, patterns};
    request.command = command();
    return answers(request);
}

std::vector<NodeAnswer> LabClient::kill(const std::vector<std::string>& patterns) {
    set_patience(socket_, change_seconds);
    Request request{Request::Kind::kill, patterns};
    request.command = command_;
    return answers(request);
}

std::vector<NodeAnswer> LabClient::change_clocks(const std::vector<std::string>& patterns,
                                                 const ClockChange& change) {
    set_patience(socket_, change_seconds);
    Request request{Request::Kind::clock, patterns};
    request.clock = change;
    request.command = command();
    return answers(request);
}

std::vector<NodeAnswer> LabClient::resume(const std::vector<std::string>& patterns) {
    return answers({Request::Kind::resume, patterns});
}

void LabClient::end() {
    set_patience(socket_, end_seconds);
    send_frame(socket_, to_json(Request{Request::Kind::end, {}}));
    next_reply(socket_);
}

std::vector<NodeAnswer> LabClient::answers(const Request& request) {
    std::vector<NodeAnswer> answers;
    for (auto& handle : ask(request)) {
        answers.push_back(std::move(handle.node));
    }
    return answers;
}

std::vector<NodeAnswer> LabClient::nodes(const std::vector<std::string>& patterns) {
    return answers({Request::Kind::nodes, patterns});
}

std::vector<std::string> LabClient::names(const std::vector<std::string>& patterns) {
    std::vector<std::string> names;
    for (auto& node : answers({Request::Kind::names, patterns})) {
        names.push_back(std::move(node.name));
    }
    return names;
}

std::vector<NodeHandle> LabClient::boards(const std::vector<std::string>& patterns) {
    return ask({Request::Kind::boards, patterns});
}

std::vector<NodeAnswer> LabClient::stop(const std::vector<std::string>& patterns,
                                        const std::string& service,
                                        std::chrono::milliseconds patience) {
    // All stop at once, so that the supervisor answers soon after their time; one that is frozen
    // does not.
    constexpr int to_answer = 10;
    set_patience(socket_, patience.count() > 0
                              ? static_cast<int>(patience.count() / 1000) + to_answer
                              : errand_seconds);
    return answers({Request::Kind::stop, patterns, {}, service, patience});
}

std::vector<NodeAnswer> LabClient::start(const std::vector<std::string>& patterns,
                                         const std::string& service, bool wipe) {
    set_patience(socket_, errand_seconds);
    Request request{Request::Kind::start, patterns, {}, service};
    request.wipe = wipe;
    return answers(request);
}

std::vector<NodeHandle> LabClient::visit(const std::vector<std::string>& patterns) {
    return ask({Request::Kind::visit, patterns});
}

std::vector<NodeHandle> LabClient::join(const std::vector<std::string>& patterns) {
    return ask({Request::Kind::join, patterns});
}

UniqueFd LabClient::supervisor() const {
    // The pid of the process that called listen(2), which is the supervisor (unix(7), SO_PEERCRED).
    ucred peer{};
    socklen_t size = sizeof peer;
    check(::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size), "ask who answers");
    UniqueFd supervisor{
        static_cast<int>(check(::syscall(SYS_pidfd_open, peer.pid, 0), "open the supervisor"))};
    // Had it ended before, its number might be another process's by now; but then its end of the
    // socket were closed.
    pollfd end{socket_.get(), POLLRDHUP, 0};
    if (check(::poll(&end, 1, 0), "look at the control socket") != 0) {
        throw_errno(ESRCH, "open the supervisor");
    }
    return supervisor;
}

namespace {

/// The end needs no help, but is sooner with it.
void ask_to_end(const std::filesystem::path& path, const UniqueFd& supervisor,
                std::chrono::seconds patience) {
    try {
        LabClient{path}.end();
    } catch (const std::runtime_error&) {
        return;
    }
    wait_for_end(supervisor, patience);
}

} // namespace

void end_lab(const std::filesystem::path& path, std::chrono::seconds patience) {
    if (const auto supervisor = find_supervisor(path, patience)) {
        note_down(path);
        ask_to_end(path, supervisor, patience / 2);
        // A PID namespace's first process does not end before the kernel has ended all others in it
        // (pid_namespaces(7)).
        if (::syscall(SYS_pidfd_send_signal, supervisor.get(), SIGKILL, nullptr, 0) != 0 &&
            errno != ESRCH) {
            throw_errno(errno, "end the supervisor");
        }
        if (!wait_for_end(supervisor, patience - patience / 2)) {
            throw std::runtime_error{"the kernel has not ended every process of the lab yet; see "
                                     "dmesg for one that hangs"};
        }
    }
    remove_ended(path);
}

} // namespace netlab
