#include "relay/node_socket.h"
#include "relay/served_port.h"
#include "sys/check.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace netlab {

namespace {

using asio::ip::tcp;

/// For a node to take a connection; one that does not, after so long, will not.
constexpr std::chrono::seconds connect_patience{10};

/// Out of descriptors or memory, say: who knocks is still there, and is not to be asked all the
/// time.
constexpr std::chrono::milliseconds accept_pause{100};

/// How many times passing_bytes one connection passes on before it is others' turn.
constexpr int pieces_at_once = 8;

tcp tcp_of(Family family) {
    return family == Family::ipv4 ? tcp::v4() : tcp::v6();
}

tcp::endpoint endpoint_of(const IpAddress& address, std::uint16_t port) {
    const auto copy = [&](auto bytes) {
        std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
        return bytes;
    };
    if (address.family == Family::ipv4) {
        return {asio::ip::address_v4{copy(asio::ip::address_v4::bytes_type{})}, port};
    }
    return {asio::ip::address_v6{copy(asio::ip::address_v6::bytes_type{})}, port};
}

/// The next bytes of a socket, which stay there. 0 at their end, -1 with errno.
ssize_t look(int from) {
    return uninterrupted([&] {
        return ::recv(from, passing_bytes.data(), passing_bytes.size(), MSG_PEEK | MSG_DONTWAIT);
    });
}

/// Sends what was seen as far as there is room, and lets that go. How much, or -1 with errno.
ssize_t send_on(int from, int to, ssize_t seen) {
    const auto sent = uninterrupted([&] {
        return ::send(to, passing_bytes.data(), static_cast<std::size_t>(seen),
                      MSG_DONTWAIT | MSG_NOSIGNAL);
    });
    if (sent > 0) {
        uninterrupted([&] {
            return ::recv(from, passing_bytes.data(), static_cast<std::size_t>(sent),
                          MSG_TRUNC | MSG_DONTWAIT);
        });
    }
    return sent;
}

class TcpPort;

/// A connection to the host and the one to the node that it goes on in. Bytes stay in the kernel's
/// buffers until the other side has taken them: they are looked at (MSG_PEEK), sent as far as there
/// is room, and what was sent is let go (MSG_TRUNC). So a side that does not read holds up its own
/// connection alone, and no memory of this process.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(TcpPort& port, tcp::socket client);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();
    /// Both sides learn that it did not end as it should (RST).
    void reset();

private:
    struct Way {
        tcp::socket& from;
        tcp::socket& to;
        bool over = false;
    };

    bool open_next();
    void connect();
    void join();
    void wait_for(tcp::socket& socket, tcp::socket::wait_type what, Way& way);
    void pass(Way& way);
    void end(Way& way);
    void watch(tcp::socket& socket);
    void close();

    TcpPort& port_;
    tcp::socket client_;
    tcp::socket node_;
    asio::steady_timer patience_;
    std::size_t tried_ = 0; ///< of the node's addresses
    bool joined_ = false;
    Way there_{client_, node_};
    Way back_{node_, client_};
};

class TcpPort : public ServedPort {
public:
    TcpPort(asio::io_context& io, const RelayedPort& port, std::size_t most)
        : ServedPort(port), most_(most), pause_(io),
          acceptor_(io, tcp_of(port.family), port.socket) {}

    void start() override { accept(); }

    void drop_all() override {
        for (auto* connection : connections_) { // none goes before its last call has returned
            connection->reset();
        }
    }

    void add(Connection& connection) { connections_.insert(&connection); }
    void remove(Connection& connection) {
        connections_.erase(&connection);
        if (std::exchange(full_, false)) {
            accept();
        }
    }

private:
    void accept() {
        if (connections_.size() >= most_) {
            full_ = true;
            return;
        }
        acceptor_.async_accept([this](const error_code& error, tcp::socket client) {
            if (error) {
                wait_and_accept();
                return;
            }
            std::make_shared<Connection>(*this, std::move(client))->start();
            accept();
        });
    }

    void wait_and_accept() {
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](const error_code&) { accept(); });
    }

    std::size_t most_;
    bool full_ = false;
    std::set<Connection*> connections_;
    asio::steady_timer pause_;
    tcp::acceptor acceptor_;
};

Connection::Connection(TcpPort& port, tcp::socket client)
    : port_(port), client_(std::move(client)), node_(client_.get_executor()),
      patience_(client_.get_executor()) {
    port_.add(*this);
}

Connection::~Connection() {
    port_.remove(*this);
}

void Connection::start() {
    patience_.expires_after(connect_patience);
    patience_.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error && !self->joined_) { // it may have been over when it was cancelled
            self->reset();
        }
    });
    connect();
}

/// Opens a socket at the next address that the node has. False if there is none.
bool Connection::open_next() {
    const auto& where = port_.where();
    while (tried_ < where.addresses.size()) {
        const auto& address = where.addresses[tried_++];
        try {
            auto socket = open_in_node(where, address);
            error_code error;
            node_.assign(tcp_of(address.family), socket.get(), error);
            if (!error) {
                socket.release();
                return true;
            }
        } catch (const std::system_error&) {
            continue; // the node has no such address now, or has ended
        }
    }
    return false;
}

void Connection::connect() {
    if (!open_next()) {
        reset();
        return;
    }
    const auto& where = port_.where();
    node_.async_connect(endpoint_of(where.addresses[tried_ - 1], where.port),
                        [self = shared_from_this()](const error_code& error) {
                            if (!self->client_.is_open()) {
                                return;
                            }
                            if (!error) {
                                self->join();
                                return;
                            }
                            error_code ignored;
                            self->node_.close(ignored);
                            self->connect();
                        });
}

void Connection::join() {
    joined_ = true;
    patience_.cancel();
    error_code ignored; // of a connection that has ended meanwhile
    for (auto* socket : {&client_, &node_}) {
        socket->set_option(tcp::no_delay{true}, ignored); // waiting is the senders' to do
        socket->set_option(tcp::socket::keep_alive{true}, ignored);
    }
    pass(there_);
    if (client_.is_open()) {
        pass(back_);
    }
}

void Connection::wait_for(tcp::socket& socket, tcp::socket::wait_type what, Way& way) {
    socket.async_wait(what, [self = shared_from_this(), &way](const error_code& error) {
        if (!error && self->client_.is_open()) {
            self->pass(way);
        }
    });
}

void Connection::pass(Way& way) {
    for (int turn = 0; turn < pieces_at_once; ++turn) {
        const auto seen = look(way.from.native_handle());
        if (seen == 0) {
            end(way);
            return;
        }
        if (seen < 0 && errno == EAGAIN) {
            break;
        }
        const auto sent =
            seen < 0 ? seen : send_on(way.from.native_handle(), way.to.native_handle(), seen);
        if (sent < 0 && errno != EAGAIN) {
            reset();
            return;
        }
        if (sent < seen) {
            wait_for(way.to, tcp::socket::wait_write, way);
            return;
        }
        if (static_cast<std::size_t>(seen) < passing_bytes.size()) {
            break;
        }
    }
    wait_for(way.from, tcp::socket::wait_read, way);
}

/// One side has said all that it had to say.
void Connection::end(Way& way) {
    way.over = true;
    if (::shutdown(way.to.native_handle(), SHUT_WR) != 0) {
        reset();
    } else if (there_.over && back_.over) {
        close();
    } else {
        watch(way.from);
    }
}

/// Nothing more is read from this side, but that it breaks off is to reach the other.
void Connection::watch(tcp::socket& socket) {
    socket.async_wait(
        tcp::socket::wait_error, [self = shared_from_this(), &socket](const error_code& error) {
            int broken = 0;
            socklen_t size = sizeof broken;
            if (!error && self->client_.is_open() &&
                ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &broken, &size) == 0 &&
                broken != 0) {
                self->reset();
            }
        });
}

void Connection::reset() {
    error_code ignored; // of one that is not connected yet
    for (auto* socket : {&client_, &node_}) {
        socket->set_option(tcp::socket::linger{true, 0}, ignored);
    }
    close();
}

void Connection::close() {
    patience_.cancel();
    error_code ignored;
    client_.close(ignored);
    node_.close(ignored);
}

} // namespace

std::unique_ptr<ServedPort> serve_tcp(asio::io_context& io, const RelayedPort& port,
                                      std::size_t most) {
    return std::make_unique<TcpPort>(io, port, most);
}

} // namespace netlab
