#include "relay/relay_process.h"

#include "relay/serve_ports.h"
#include "sys/check.h"
#include "sys/process.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

#include <sys/prctl.h>
#include <unistd.h>

namespace netlab {

namespace {

void keep_only(const std::vector<RelayedPort>& ports) {
    std::vector<int> kept;
    for (const auto& port : ports) {
        kept.push_back(port.socket);
        kept.push_back(port.node);
    }
    close_other_files(std::move(kept));
}

[[noreturn]] void run(const std::vector<RelayedPort>& ports, pid_t parent, const std::string& title,
                      std::chrono::milliseconds pause) {
    try {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(0); // the parent ended before it could be watched
        }
        ::setsid();
        reset_signals();
        keep_only(ports);
        retitle_process(title);
        raise_open_files_limit();
        std::this_thread::sleep_for(pause);
        serve_ports(ports);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "netlab: published ports: %s\n", error.what());
    }
    ::_exit(1);
}

} // namespace

pid_t start_relay(const std::vector<RelayedPort>& ports, const std::string& title,
                  std::chrono::milliseconds pause) {
    const pid_t parent = ::getpid();
    const pid_t pid = check(clone_process(0).pid, "start the process of the published ports");
    if (pid == 0) {
        run(ports, parent, title, pause);
    }
    return pid;
}

} // namespace netlab
