#pragma once

#include "packet/echo_message.h"
#include "sys/unique_fd.h"

#include <functional>
#include <optional>

namespace netlab {

/// What came back for an echo request.
struct EchoReturn {
    EchoMark mark;
    int error = 0; ///< 0: the answer; else the errno that an error message of ICMP means
    std::optional<IpAddress> teller{}; ///< who sent it; none, of an error: this node's own kernel
};

/// Sends echo requests of one family from a node and takes in what comes back (raw(7), and for
/// errors IP_RECVERR of ip(7)).
class PingSocket {
public:
    /// Opens it in the calling thread's network namespace; the thread may leave it. Needs
    /// CAP_NET_RAW there. Throws std::system_error.
    explicit PingSocket(Family family);

    /// To poll(2): readable when something came back, or POLLERR for an error.
    int fd() const { return socket_.get(); }
    /// 0, or the errno with which the kernel refused to send: ENETUNREACH without a route, ENOBUFS
    /// where a queue or the table of neighbours is full, EAGAIN where this socket is.
    int send(const IpAddress& to, const EchoMark& mark) const;
    /// Calls `each` with what came since the last call.
    void receive(const std::function<void(const EchoReturn&)>& each) const;

private:
    void receive_answers(const std::function<void(const EchoReturn&)>& each) const;
    void receive_errors(const std::function<void(const EchoReturn&)>& each) const;

    Family family_;
    UniqueFd socket_;
};

} // namespace netlab
