#include "netlink/read.h"

#include "netlink/libnl.h"
#include "sys/check.h"

#include <new>

#include <sys/socket.h>
#include <sys/time.h>

namespace netlab {

void Reader::Free::operator()(nl_sock* socket) const {
    nl_socket_free(socket);
}

Reader::Reader() : socket_(nl_socket_alloc()) {
    if (!socket_) {
        throw std::bad_alloc{};
    }
    check_libnl(nl_connect(socket_.get(), NETLINK_ROUTE), "open a netlink socket for reading");
    // libnl waits for the answer to a request even where it could not send it.
    constexpr timeval patience{30, 0};
    check(::setsockopt(nl_socket_get_fd(socket_.get()), SOL_SOCKET, SO_RCVTIMEO, &patience,
                       sizeof patience),
          "set how long a netlink socket waits");
}

} // namespace netlab
