#include "relay/relayed.h"

#include "relay/host_port.h"
#include "relay/relay_process.h"
#include "support/catch.h"
#include "sys/check.h"
#include "sys/process.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

Relayed::Relayed(const Setting& setting) : node_(std::make_unique<Neighbour>()) {
    raise_open_files_limit();
    shell("ip link set lo up");
    shell_in(*node_, "ip link set lo up");
    pidfd_.reset(
        static_cast<int>(check(::syscall(SYS_pidfd_open, node_->pid(), 0), "open the neighbour")));
    const auto address = *parse_address(setting.host_address);
    socket_ = open_host_port(address, 0, setting.udp);
    number_ = port_of(socket_);
    relayed_ = {socket_.get(), address.family, setting.udp, pidfd_.get(), {}, 80};
    for (const auto& text : setting.addresses) {
        relayed_.addresses.push_back(*parse_address(text));
    }
    start();
}

Relayed::~Relayed() {
    kill_process();
}

void Relayed::start() {
    process_ = start_relay({relayed_}, "netlab: test ports");
    REQUIRE(eventually([&] { return has_open("anon_inode:[timerfd]"); })); // Asio's
}

void Relayed::kill_process() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    process_ = -1;
}

UniqueFd Relayed::listen(const std::string& address) const {
    const ScopedNetns netns{node_->pid()};
    auto socket = open_host_port(*parse_address(address), 80, relayed_.udp);
    return socket;
}

std::vector<std::string> Relayed::files() const {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator{"/proc/" + std::to_string(process_) + "/fd"}) {
        std::error_code gone;
        names.push_back(std::filesystem::read_symlink(entry.path(), gone));
    }
    return names;
}

bool Relayed::has_open(const std::string& name) const {
    const auto names = files();
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace netlab::test
