#include "relay/datagram.h"
#include "relay/node_socket.h"
#include "relay/served_port.h"
#include "relay/socket_address.h"
#include "sys/check.h"

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <system_error>

#include <sys/socket.h>

namespace netlab {

namespace {

using asio::ip::udp;
using std::chrono::steady_clock;

/// RFC 4787, REQ-5: not less.
constexpr std::chrono::minutes idle{2};

/// While nothing in the node listens, datagrams are let go for so long, at least, without trying
/// each again.
constexpr std::chrono::milliseconds refused_pause{20};

/// How many datagrams are taken from one socket before it is others' turn.
constexpr int datagrams_at_once = 64;

udp udp_of(Family family) {
    return family == Family::ipv4 ? udp::v4() : udp::v6();
}

/// A client of the port and the socket in the node that stands for it.
struct Association {
    Association(asio::io_context& io, const Correspondent& who) : client(who), node(io) {}

    Correspondent client;
    udp::socket node;
    steady_clock::time_point heard;
    std::list<std::shared_ptr<Association>>::iterator place;
};

using AssociationPointer = std::shared_ptr<Association>;

bool is_refused(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0;
}

class UdpPort : public ServedPort {
public:
    UdpPort(asio::io_context& io, const RelayedPort& port, std::size_t most)
        : ServedPort(port), io_(io), most_(most), host_(io, udp_of(port.family), port.socket),
          idle_timer_(io) {}

    void start() override { wait_for_clients(); }
    void drop_all() override {
        while (!by_age_.empty()) {
            drop(by_age_.front());
        }
    }

private:
    void wait_for_clients();
    void receive();
    void pass_on(const Correspondent& client, std::size_t size);
    bool send(const AssociationPointer& association, std::size_t size) const;
    AssociationPointer associate(const Correspondent& client, std::size_t size);
    void add(const AssociationPointer& association);
    void wait_for_replies(const AssociationPointer& association);
    void reply(const AssociationPointer& association);
    void heard(const AssociationPointer& association);
    void drop(AssociationPointer association);
    void wait_for_idle();

    asio::io_context& io_;
    std::size_t most_;
    udp::socket host_;
    asio::steady_timer idle_timer_;
    std::map<Correspondent, AssociationPointer> by_client_;
    std::list<AssociationPointer> by_age_; ///< who was not heard of for longest first
    std::size_t found_ = 0;                ///< the address at which the node took a datagram last
    steady_clock::time_point refused_until_;
};

void UdpPort::wait_for_clients() {
    host_.async_wait(udp::socket::wait_read, [this](const error_code& error) {
        if (!error) {
            receive();
            wait_for_clients();
        }
    });
}

void UdpPort::receive() {
    for (int turn = 0; turn < datagrams_at_once; ++turn) {
        Correspondent client;
        const auto size = receive_datagram(host_.native_handle(), passing_bytes, client);
        if (size < 0) {
            return;
        }
        pass_on(client, static_cast<std::size_t>(size));
    }
}

void UdpPort::pass_on(const Correspondent& client, std::size_t size) {
    if (const auto known = by_client_.find(client); known != by_client_.end()) {
        const auto association = known->second;
        if (send(association, size)) {
            heard(association);
            return;
        }
        drop(association); // by another address, perhaps
    }
    const auto begin = steady_clock::now();
    if (begin < refused_until_) {
        return;
    }
    if (const auto association = associate(client, size)) {
        add(association);
    } else {
        // In proportion, for a node of a thousand addresses.
        const auto now = steady_clock::now();
        refused_until_ = now + std::max<steady_clock::duration>(refused_pause, 10 * (now - begin));
    }
}

/// Passes `size` bytes on. False if the node has nothing that takes them; a datagram that finds no
/// room is lost. Inside a node the refusal is there when send(2) returns, as a rule.
bool UdpPort::send(const AssociationPointer& association, std::size_t size) const {
    const int node = association->node.native_handle();
    const auto sent = uninterrupted(
        [&] { return ::send(node, passing_bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL); });
    const bool lost = sent < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == EMSGSIZE);
    return lost || (sent >= 0 && !is_refused(node));
}

/// A socket at the first of the node's addresses that takes the datagram, if there is one.
AssociationPointer UdpPort::associate(const Correspondent& client, std::size_t size) {
    const auto& addresses = where().addresses;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto& address = addresses[found_ % addresses.size()];
        try {
            auto socket = open_in_node(where(), address);
            const auto peer = socket_address(address, where().port);
            auto association = std::make_shared<Association>(io_, client);
            error_code error;
            if (::connect(socket.get(), peer.get(), peer.size) == 0 &&
                !association->node.assign(udp_of(address.family), socket.get(), error)) {
                socket.release();
                if (send(association, size)) {
                    return association;
                }
            }
        } catch (const std::system_error&) {
            // The node has no such address now, or has ended.
        }
        ++found_;
    }
    return nullptr;
}

void UdpPort::add(const AssociationPointer& association) {
    if (by_age_.size() >= most_) {
        drop(by_age_.front());
    }
    association->heard = steady_clock::now();
    by_client_[association->client] = association;
    association->place = by_age_.insert(by_age_.end(), association);
    if (by_age_.size() == 1) {
        wait_for_idle();
    }
    wait_for_replies(association);
}

void UdpPort::wait_for_replies(const AssociationPointer& association) {
    association->node.async_wait(udp::socket::wait_read,
                                 [this, association](const error_code& error) {
                                     if (!error && association->node.is_open()) {
                                         reply(association);
                                     }
                                 });
}

void UdpPort::reply(const AssociationPointer& association) {
    for (int turn = 0; turn < datagrams_at_once; ++turn) {
        const auto size = uninterrupted([&] {
            return ::recv(association->node.native_handle(), passing_bytes.data(),
                          passing_bytes.size(), MSG_DONTWAIT);
        });
        if (size < 0 && errno != EAGAIN) {
            drop(association); // nothing listens any more
            return;
        }
        if (size < 0) {
            break;
        }
        heard(association);
        send_datagram(host_.native_handle(),
                      std::span{passing_bytes}.first(static_cast<std::size_t>(size)),
                      association->client);
    }
    wait_for_replies(association);
}

void UdpPort::heard(const AssociationPointer& association) {
    association->heard = steady_clock::now();
    by_age_.splice(by_age_.end(), by_age_, association->place);
}

/// By value: it may be the last one.
void UdpPort::drop(AssociationPointer association) { // NOLINT(performance-unnecessary-value-param)
    error_code ignored;
    association->node.close(ignored);
    by_client_.erase(association->client);
    by_age_.erase(association->place);
}

void UdpPort::wait_for_idle() {
    idle_timer_.expires_at(by_age_.front()->heard + idle);
    idle_timer_.async_wait([this](const error_code& error) {
        if (error) {
            return; // another wait has taken its place
        }
        while (!by_age_.empty() && by_age_.front()->heard + idle <= steady_clock::now()) {
            drop(by_age_.front());
        }
        if (!by_age_.empty()) {
            wait_for_idle();
        }
    });
}

} // namespace

std::unique_ptr<ServedPort> serve_udp(asio::io_context& io, const RelayedPort& port,
                                      std::size_t most) {
    return std::make_unique<UdpPort>(io, port, most);
}

} // namespace netlab
