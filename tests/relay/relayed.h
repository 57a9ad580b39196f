#pragma once

#include "relay/relayed_port.h"
#include "support/sockets.h"
#include "support/world.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace netlab::test {

/// Waits until `condition` holds; false if it does not within 30 s.
template <class Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

/// A node, a port of the host's that leads to its port 80, and the process that serves it.
class Relayed {
public:
    struct Setting {
        bool udp = false;
        const char* host_address = "127.0.0.1";
        std::vector<std::string> addresses{"127.0.0.1", "::1"};
    };

    Relayed() : Relayed(Setting{}) {}
    explicit Relayed(const Setting& setting);
    ~Relayed();
    Relayed(const Relayed&) = delete;
    Relayed& operator=(const Relayed&) = delete;

    /// The host's port.
    std::uint16_t port() const { return number_; }
    pid_t process() const { return process_; }
    const Neighbour& node() const { return *node_; }
    /// Starts the process, again if it has ended.
    void start();
    void kill_process();
    void end_node() { node_.reset(); }

    /// A listening (or bound) socket in the node.
    UniqueFd listen(const std::string& address = "127.0.0.1") const;
    /// Files that the process has open.
    std::size_t open_files() const { return files().size(); }
    bool has_open(const std::string& name) const;

private:
    std::vector<std::string> files() const;

    std::unique_ptr<Neighbour> node_;
    UniqueFd pidfd_;
    UniqueFd socket_;
    RelayedPort relayed_;
    std::uint16_t number_ = 0;
    pid_t process_ = -1;
};

} // namespace netlab::test
