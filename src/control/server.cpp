#include "control/server.h"

#include "base/diagnostic.h"
#include "control/errand_request.h"
#include "control/fault_reply.h"
#include "control/frame.h"
#include "control/link_reply.h"
#include "control/node_answer.h"
#include "control/request.h"
#include "control/selection.h"
#include "lab/end_nodes.h"
#include "lab/service_errands.h"
#include "lab/uplink.h"
#include "sys/check.h"
#include "sys/process.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t most_connections = 256;
constexpr int answer_seconds = 2;
/// Between two looks at carriers that commands wait for.
constexpr int pause_milliseconds = 5;
constexpr auto kill_patience = std::chrono::seconds{10};
constexpr auto end_patience = std::chrono::seconds{14}; // less than the half of end_lab()'s

struct Connection {
    UniqueFd socket;
    FrameBuffer incoming;
    std::optional<std::uint64_t> errand{}; ///< that it waits for
    Request request{};                     ///< that began the errand
    std::optional<HeldReply> held{};       ///< until packets pass; then the next request is read
};

Reply mistake(const InputError& error) {
    const auto& first = error.diagnostics().all().front();
    Reply reply;
    reply.error = first.message;
    reply.hint = first.hint;
    return reply;
}

/// Selected nodes in pieces of most_fds, so that no frame carries more descriptors than the kernel
/// lets it.
class Answer {
public:
    Answer(Lab& lab, const UniqueFd& socket) : lab_(lab), socket_(socket) {}

    void send(const Request& request) {
        const auto selected = select_nodes(lab_.plan, request.nodes);
        if (request.kind == Request::Kind::join) {
            lab_.ground.lay();
        }
        for (const auto id : selected) {
            if (reply_.nodes.size() == most_fds) {
                flush(false);
            }
            add(id, request.kind);
        }
        flush(true);
    }

private:
    void add(NodeId id, Request::Kind kind) {
        const auto& node = lab_.nodes[index(id)];
        reply_.nodes.push_back(kind == Request::Kind::names ? name_node(lab_, id)
                                                            : describe_node(lab_, id));
        if (kind == Request::Kind::boards && node.board) {
            fds_.emplace_back(::fcntl(node.board.get(), F_DUPFD_CLOEXEC, 0));
        }
        const bool enters = kind == Request::Kind::join || kind == Request::Kind::visit;
        if (enters && node.is_open()) {
            // Not reaped yet, so the pid is still this node's.
            fds_.emplace_back(
                static_cast<int>(check(::syscall(SYS_pidfd_open, node.pid, 0), "open node {}",
                                       lab_.plan.nodes[index(id)].name)));
        }
    }

    void flush(bool last) {
        reply_.last = last;
        std::vector<int> fds;
        for (const auto& fd : fds_) {
            fds.push_back(fd.get());
        }
        send_frame(socket_, to_json(reply_), fds);
        reply_.nodes.clear();
        fds_.clear();
    }

    Lab& lab_;
    const UniqueFd& socket_;
    Reply reply_;
    std::vector<UniqueFd> fds_;
};

void answer(Lab& lab, const UniqueFd& socket, const Request& request) {
    try {
        Answer{lab, socket}.send(request);
    } catch (const InputError& error) {
        send_frame(socket, to_json(mistake(error)));
    }
}

bool is_about_links(const Request& request) {
    return request.kind == Request::Kind::links || request.kind == Request::Kind::change;
}

bool is_about_faults(const Request& request) {
    return request.kind == Request::Kind::part || request.kind == Request::Kind::heal ||
           request.kind == Request::Kind::faults;
}

bool is_about_power(const Request& request) {
    return request.kind == Request::Kind::pause || request.kind == Request::Kind::resume ||
           request.kind == Request::Kind::kill || request.kind == Request::Kind::clock;
}

bool is_errand(const Request& request) {
    return request.kind == Request::Kind::stop || request.kind == Request::Kind::start;
}

/// A node may see the control socket (by one of its binds, say) and has its owner's uid. This
/// process is PID 1 of the lab's PID namespace, so to it only what runs in the lab has a number.
bool comes_from_inside(const UniqueFd& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid != 0;
}

class Server {
public:
    Server(Lab& lab, const UniqueFd& listener)
        : lab_(lab), listener_(listener), children_(watch_children()), faults_(lab),
          errands_(lab, revival_calls()) {}

    [[noreturn]] void run() {
        note_ends(); // of those who ended before they were watched
        for (;;) {
            std::vector<pollfd> waits{
                {children_.get(), POLLIN, 0},
                {connections_.size() < most_connections ? listener_.get() : -1, POLLIN, 0},
                {errands_.fd(), POLLIN, 0}};
            for (const auto& [fd, connection] : connections_) {
                waits.push_back({connection.held ? -1 : fd, POLLIN, 0});
            }
            ::poll(waits.data(), waits.size(), patience());
            take_note_of_ends();
            answer_errands();
            answer_held();
            for (std::size_t i = 3; i < waits.size(); ++i) {
                if (waits[i].revents != 0) {
                    attend(waits[i].fd);
                }
            }
            lab_.mend_wires();
            lab_.mend_ports();
            if (waits[1].revents != 0) {
                welcome();
            }
        }
    }

private:
    RevivalCalls revival_calls() {
        return {[this](NodeId id) { faults_.prepare(id); },
                [this](NodeId id) { faults_.fell({id}); },
                [this](NodeId id) { faults_.take_back(id); },
                [this](NodeId id, const UniqueFd& netns) { ask_uplink(id, netns); }};
    }

    void ask_uplink(NodeId id, const UniqueFd& netns) {
        const auto errand = errands_.errand_about(id);
        const auto asked = std::ranges::find_if(
            connections_, [&](const auto& one) { return one.second.errand == errand; });
        if (asked == connections_.end()) {
            throw std::runtime_error{"the command that starts it has gone"};
        }
        Reply reply;
        reply.last = false;
        reply.uplink.node = lab_.plan.nodes[index(id)].name;
        for (const auto& subnet : subnets_of(lab_.plan)) {
            reply.uplink.taken.push_back(to_string(subnet));
        }
        send_frame(asked->second.socket, to_json(reply), {netns.get()});
    }

    void take_uplink(Connection& connection, const Request& request) {
        for (const auto id : select_nodes(lab_.plan, request.nodes)) {
            if (request.refusal.empty()) {
                errands_.give_uplink(id, request.uplink, connection.incoming.take_fd());
            } else {
                errands_.refuse_uplink(id, request.refusal);
            }
        }
    }

    /// Only when a child has ended: to ask the kernel about five thousand takes it 0.3 ms.
    void take_note_of_ends() {
        if (take_ends(children_)) {
            note_ends();
        }
    }

    void note_ends() {
        for (const auto id : lab_.reap()) {
            faults_.forget(id);
            spdlog::warn("node {} has ended: {}", lab_.plan.nodes[index(id)].name,
                         lab_.nodes[index(id)].end);
        }
    }

    void welcome() {
        UniqueFd socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (socket && comes_from_inside(socket)) {
            return; // without a word: nor is the log a node's to fill
        }
        if (socket) {
            set_patience(socket, answer_seconds);
            const int fd = socket.get();
            connections_.emplace(fd, Connection{std::move(socket), {}});
        } else {
            // Out of descriptors, say: who knocks is still there, and is not to be asked all the
            // time.
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }

    bool anything_is_held() const {
        return std::ranges::any_of(connections_,
                                   [](const auto& one) { return one.second.held.has_value(); });
    }

    /// How long to wait for whatever comes next.
    int patience() const { return anything_is_held() ? pause_milliseconds : errands_.patience(); }

    void attend(Connection& connection, const Request& request) {
        try {
            if (is_errand(request)) {
                connection.errand = errands_.begin(errand_of(lab_, request));
                connection.request = request;
            } else if (request.kind == Request::Kind::uplink) {
                take_uplink(connection, request);
            } else if (is_about_links(request)) {
                connection.held = answer_links(lab_, faults_, request);
                answer_if_due(connection);
            } else if (is_about_power(request)) {
                answer_power(connection, request);
            } else if (request.kind == Request::Kind::end) {
                send_frame(connection.socket, to_json(Reply{}));
                end();
            } else if (is_about_faults(request)) {
                connection.held = answer_faults(lab_, faults_, request);
                answer_if_due(connection);
            } else {
                netlab::answer(lab_, connection.socket, request);
            }
        } catch (const InputError& error) {
            send_frame(connection.socket, to_json(mistake(error)));
        }
    }

    /// What else there is in the lab's PID namespace ends with this process.
    [[noreturn]] void end() {
        faults_.disarm();
        const auto networks = end_nodes(lab_, end_patience);
        std::_Exit(0);
    }

    /// The kernel is quick to end what has SIGKILL.
    void wait_for_ends(const std::vector<NodeId>& nodes) {
        const auto deadline = std::chrono::steady_clock::now() + kill_patience;
        const auto runs = [&](NodeId id) { return lab_.nodes[index(id)].running; };
        while (std::ranges::any_of(nodes, runs)) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error{"the kernel has not ended every process yet"};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
            take_note_of_ends();
        }
    }

    void answer_power(const Connection& connection, const Request& request) {
        const auto nodes = select_nodes(lab_.plan, request.nodes);
        try {
            if (request.kind == Request::Kind::pause) {
                faults_.pause(nodes, request.command);
            } else if (request.kind == Request::Kind::resume) {
                faults_.resume(nodes);
            } else if (request.kind == Request::Kind::clock) {
                faults_.change_clocks(nodes, request.clock, request.command);
            } else {
                faults_.kill(nodes, request.command);
                wait_for_ends(nodes);
            }
            netlab::answer(lab_, connection.socket, {Request::Kind::nodes, request.nodes});
        } catch (const InputError&) {
            throw;
        } catch (const std::runtime_error& error) {
            HeldReply{error}.send(connection.socket);
        }
    }

    void answer_errands() {
        for (const auto& result : errands_.advance()) {
            for (auto& [fd, connection] : connections_) {
                if (connection.errand == result.id) {
                    answer(connection, result);
                    break;
                }
            }
        }
    }

    void answer_if_due(Connection& connection) {
        if (connection.held->is_due(lab_)) {
            const auto reply = *std::exchange(connection.held, std::nullopt);
            reply.send(connection.socket);
        }
    }

    void answer_held() {
        for (auto at = connections_.begin(); at != connections_.end();) {
            auto& connection = at->second;
            const bool stays =
                !connection.held || answer_all(connection, [&] { answer_if_due(connection); });
            at = stays ? std::next(at) : connections_.erase(at);
        }
    }

    /// A connection that cannot be written to is found out when it is read from.
    void answer(Connection& connection, const ErrandResult& result) {
        connection.errand.reset();
        try {
            if (result.failures.empty()) {
                netlab::answer(lab_, connection.socket,
                               {Request::Kind::nodes, connection.request.nodes});
            } else {
                send_frame(connection.socket, to_json(refusal(result)));
            }
        } catch (const std::exception& error) {
            spdlog::warn("a command was not answered: {}", error.what());
        }
    }

    void attend(int fd) {
        auto& connection = connections_.at(fd);
        if (!connection.incoming.fill(connection.socket) || !answer_all(connection, [] {})) {
            connections_.erase(fd);
        }
    }

    /// Does `first`, and then what else this connection asks for. False: it is of no use any more.
    template <class First>
    bool answer_all(Connection& connection, const First& first) {
        try {
            first();
            for (std::string text; !connection.held && connection.incoming.next(text);) {
                attend(connection, parse_request(text));
            }
            return true;
        } catch (const std::exception& error) {
            spdlog::warn("a command was not answered: {}", error.what());
            return false;
        }
    }

    Lab& lab_;
    const UniqueFd& listener_;
    UniqueFd children_;
    Faults faults_;
    ServiceErrands errands_;
    std::map<int, Connection> connections_;
};

} // namespace

void serve_lab(Lab& lab, const UniqueFd& listener) {
    Server{lab, listener}.run();
}

} // namespace netlab
