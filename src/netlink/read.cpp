#include "netlink/read.h"

#include "netlink/libnl.h"

#include <new>

namespace netlab {

void Reader::Free::operator()(nl_sock* socket) const {
    nl_socket_free(socket);
}

Reader::Reader() : socket_(nl_socket_alloc()) {
    if (!socket_) {
        throw std::bad_alloc{};
    }
    check_libnl(nl_connect(socket_.get(), NETLINK_ROUTE), "open a netlink socket for reading");
}

} // namespace netlab
