#include "node/readiness.h"

#include "base/quote.h"
#include "sys/check.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// A service that does not say how it is ready is so when it has lived this long: time enough for a
/// misspelled command to be found out.
constexpr auto proof_of_life = 100ms;

constexpr auto first_pause = 10ms;
constexpr auto longest_pause = 500ms;
constexpr auto connection_patience = 1s;
constexpr auto command_patience = 10s;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress socket_address(const std::string& text, std::uint16_t port) {
    SocketAddress address;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        address.size = sizeof *v4;
    } else if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        address.size = sizeof *v6;
    }
    return address;
}

/// A connection that is being made; none if it was refused at once.
UniqueFd connect_to(const SocketAddress& address) {
    UniqueFd socket{
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const bool under_way =
        socket && (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage),
                             address.size) == 0 ||
                   errno == EINPROGRESS);
    return under_way ? std::move(socket) : UniqueFd{};
}

} // namespace

ReadinessProbe::ReadinessProbe(const ServiceSpec& service) : service_{service} {}

void ReadinessProbe::begin(Time now) {
    end();
    active_ = true;
    ready_ = false;
    begun_ = now;
    pause_ = first_pause;
    next_ = is_explicit() ? now + first_pause : now + proof_of_life;
    heard_.clear();
    last_refusal_.clear();
}

void ReadinessProbe::end() {
    active_ = false;
    ready_ = false;
    connections_.clear();
    if (command_ > 0) {
        ::kill(-command_, SIGKILL);
        command_ = 0;
    }
    output_.close();
}

void ReadinessProbe::hear(std::string_view bytes) {
    const auto& text = std::get<LogReadiness>(service_.ready).text;
    heard_ += bytes;
    ready_ = ready_ || heard_.find(text) != std::string::npos;
    if (heard_.size() >= text.size()) {
        heard_.erase(0, heard_.size() - (text.size() - 1));
    }
}

void ReadinessProbe::tick(Time now) {
    output_.read();
    if (!active_ || ready_) {
        return;
    }
    if (!is_explicit()) {
        ready_ = now >= next_;
        return;
    }
    if (!connections_.empty()) {
        look_at_connections(now);
    } else if (command_ > 0) {
        if (now > asked_ + command_patience) {
            ::kill(-command_, SIGKILL);
        }
    } else if (now >= next_) {
        ask(now);
    }
}

void ReadinessProbe::ask(Time now) {
    asked_ = now;
    pause_ = std::min<std::chrono::milliseconds>(pause_ * 3 / 2, longest_pause);
    next_ = now + pause_;
    if (const auto* port = std::get_if<TcpReadiness>(&service_.ready)) {
        ask_port(*port);
    } else if (const auto* command = std::get_if<CommandReadiness>(&service_.ready)) {
        ask_command(*command);
    }
}

void ReadinessProbe::ask_port(const TcpReadiness& port) {
    for (const auto& address : port.addresses) {
        if (auto socket = connect_to(socket_address(address, port.port))) {
            connections_.push_back(std::move(socket));
        }
    }
    look_at_connections(asked_); // over lo it is decided by now
}

void ReadinessProbe::look_at_connections(Time now) {
    std::vector<pollfd> polls;
    add_polls(polls);
    ::poll(polls.data(), polls.size(), 0);
    for (std::size_t i = polls.size(); i-- > 0;) {
        if (polls[i].revents == 0) {
            continue;
        }
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(polls[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
        ready_ = ready_ || error == 0;
        connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (ready_ || now > asked_ + connection_patience) {
        connections_.clear();
    }
}

void ReadinessProbe::ask_command(const CommandReadiness& command) {
    UniqueFd writing;
    try {
        writing = output_.open();
    } catch (const std::system_error& error) {
        last_refusal_ = error.what(); // it is asked again
        return;
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        become_command({command.argv, service_.env, service_.user, service_.workdir}, writing.get(),
                       writing.get());
    }
    command_ = std::max(pid, 0);
}

bool ReadinessProbe::take_end(pid_t pid, int status) {
    if (pid != command_) {
        return false;
    }
    command_ = 0;
    ready_ = active_ && status == 0;
    last_refusal_ = describe_status(status);
    output_.read();
    if (const auto text = output_.text(); !text.empty()) {
        last_refusal_ += ": " + text;
    }
    // What it leaves behind may print no more (EPIPE): it asks so often that to go on listening to
    // all of that would have no end.
    output_.close();
    return true;
}

ReadinessProbe::Time ReadinessProbe::next() const {
    if (!active_ || ready_ || listens()) {
        return Time::max();
    }
    return !connections_.empty() ? asked_ + connection_patience
           : command_ > 0        ? asked_ + command_patience
                                 : next_;
}

void ReadinessProbe::add_polls(std::vector<pollfd>& polls) const {
    for (const auto& connection : connections_) {
        polls.push_back({connection.get(), POLLOUT, 0});
    }
    if (output_.fd() >= 0) {
        polls.push_back({output_.fd(), POLLIN, 0});
    }
}

std::string ReadinessProbe::why_not() const {
    if (const auto* port = std::get_if<TcpReadiness>(&service_.ready)) {
        return fmt::format("nothing takes connections on TCP port {}", port->port);
    }
    if (const auto* command = std::get_if<CommandReadiness>(&service_.ready)) {
        return fmt::format("'{}' {}",
                           printable(fmt::format("{}", fmt::join(command->argv, " ")), 100),
                           last_refusal_.empty() ? "has not ended yet" : last_refusal_);
    }
    if (const auto* log = std::get_if<LogReadiness>(&service_.ready)) {
        return fmt::format("its log has no '{}'", log->text);
    }
    return "it does not stay alive";
}

} // namespace netlab
