#include "node/service_order.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/socket.h>

namespace netlab {

namespace {

struct OrderFrame {
    std::uint32_t number;
    std::uint32_t service;
    std::uint32_t patience_ms;
    std::uint32_t verb;
};

constexpr std::size_t longest_failure = 16UL << 10U;

/// Bytes received, 0 if there is nothing of use.
std::size_t receive(int line, char* bytes, std::size_t size, bool& gone) {
    const auto got = ::recv(line, bytes, size, MSG_DONTWAIT);
    gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    return static_cast<std::size_t>(std::max<ssize_t>(got, 0));
}

} // namespace

ServiceLine ServiceLine::open() {
    std::array<int, 2> ends{};
    check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
          "make a line to a node");
    return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

bool send_order(int line, const ServiceOrder& order) {
    const OrderFrame frame{order.number, order.service,
                           static_cast<std::uint32_t>(order.patience.count()),
                           static_cast<std::uint32_t>(order.verb)};
    return ::send(line, &frame, sizeof frame, MSG_NOSIGNAL) == sizeof frame;
}

std::optional<ServiceOrder> receive_order(int line, bool& gone) {
    OrderFrame frame{};
    if (receive(line, reinterpret_cast<char*>(&frame), sizeof frame, gone) != sizeof frame) {
        return std::nullopt;
    }
    return ServiceOrder{frame.number,
                        frame.verb == 0 ? ServiceOrder::Verb::start : ServiceOrder::Verb::stop,
                        frame.service, std::chrono::milliseconds{frame.patience_ms}};
}

bool send_outcome(int line, const OrderOutcome& outcome) {
    std::string frame(sizeof outcome.number, '\0');
    std::memcpy(frame.data(), &outcome.number, sizeof outcome.number);
    frame.append(outcome.failure, 0, longest_failure);
    return ::send(line, frame.data(), frame.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(frame.size());
}

std::optional<OrderOutcome> receive_outcome(int line, bool& gone) {
    std::string frame(sizeof(OrderOutcome::number) + longest_failure, '\0');
    const auto size = receive(line, frame.data(), frame.size(), gone);
    OrderOutcome outcome;
    if (size < sizeof outcome.number) {
        return std::nullopt;
    }
    std::memcpy(&outcome.number, frame.data(), sizeof outcome.number);
    outcome.failure = frame.substr(sizeof outcome.number, size - sizeof outcome.number);
    return outcome;
}

} // namespace netlab
