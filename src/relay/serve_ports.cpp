#include "relay/serve_ports.h"

#include "relay/served_port.h"

#include <algorithm>
#include <memory>

#include <sys/resource.h>

namespace netlab {

namespace {

/// For the process itself, and for what it opens on the way.
constexpr std::size_t own_files = 64;

constexpr std::size_t most_connections = 4096;
constexpr std::size_t most_associations = 1024;

/// How many descriptors each port may have at most: its clients, however many, take none from
/// other ports.
std::size_t share_of(std::size_t ports) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= own_files + 2 * ports) {
        return 0;
    }
    return (limit.rlim_cur - own_files - 2 * ports) / ports;
}

std::unique_ptr<ServedPort> serve(asio::io_context& io, const RelayedPort& port,
                                  std::size_t share) {
    return port.udp ? serve_udp(io, port, std::clamp(share, std::size_t{1}, most_associations))
                    : serve_tcp(io, port, std::clamp(share / 2, std::size_t{1}, most_connections));
}

/// Lets go of a node when it ends.
class NodeWatch {
public:
    NodeWatch(asio::io_context& io, int node, const std::vector<std::unique_ptr<ServedPort>>& ports)
        : node_(node), ports_(ports), descriptor_(io, node) {
        descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                               [this](const error_code& error) {
                                   if (!error) {
                                       drop_all();
                                   }
                               });
    }

private:
    void drop_all() const {
        for (const auto& port : ports_) {
            if (port->where().node == node_) {
                port->drop_all();
            }
        }
    }

    int node_;
    const std::vector<std::unique_ptr<ServedPort>>& ports_;
    asio::posix::stream_descriptor descriptor_;
};

} // namespace

void serve_ports(const std::vector<RelayedPort>& ports) {
    asio::io_context io{1};
    std::vector<std::unique_ptr<ServedPort>> served;
    std::vector<std::unique_ptr<NodeWatch>> watches;
    std::vector<int> nodes;
    for (const auto& port : ports) {
        served.push_back(serve(io, port, share_of(ports.size())));
        if (port.node >= 0 && std::find(nodes.begin(), nodes.end(), port.node) == nodes.end()) {
            nodes.push_back(port.node);
        }
    }
    for (const int node : nodes) {
        watches.push_back(std::make_unique<NodeWatch>(io, node, served));
    }
    for (const auto& port : served) {
        port->start();
    }
    io.run();
}

} // namespace netlab
