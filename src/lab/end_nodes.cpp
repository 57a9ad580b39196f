#include "lab/end_nodes.h"

#include "sys/process.h"

#include <csignal>
#include <string>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

/// Nothing where it cannot be held: no file may be left to be opened.
UniqueFd network_of(pid_t node) {
    return UniqueFd{::open(fmt::format("/proc/{}/ns/net", node).c_str(), O_RDONLY | O_CLOEXEC)};
}

bool has_ended(pid_t node) {
    return ::waitpid(node, nullptr, WNOHANG) != 0; // reaped, or not a child any more
}

} // namespace

std::vector<UniqueFd> end_nodes(const Lab& lab, std::chrono::milliseconds patience) {
    std::vector<pid_t> nodes;
    for (const auto& node : lab.nodes) {
        if (node.running) {
            nodes.push_back(node.pid);
        }
    }
    raise_open_files_limit();
    std::vector<UniqueFd> networks;
    for (const auto node : nodes) { // the first ones end while the last ones are held
        networks.push_back(network_of(node));
        ::kill(node, SIGKILL); // not reaped yet: the number is still its own
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (const auto node : nodes) {
        while (!has_ended(node) && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }
    return networks;
}

} // namespace netlab
