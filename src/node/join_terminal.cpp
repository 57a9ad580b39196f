#include "node/join_inside.h"
#include "sys/check.h"
#include "sys/pass_descriptor.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace netlab {

namespace {

void send_descriptor(int socket, int fd) {
    char byte = 0;
    const ::iovec bytes{&byte, 1};
    check(send_with_descriptors(socket, {&bytes, 1}, {&fd, 1}), "hand out the node's terminal");
}

} // namespace

void open_terminal(const WayIn& way, int socket) {
    const auto& shape = *way.terminal;
    const UniqueFd master{check(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK),
                                "open /dev/ptmx of {}", way.request.node_name)};
    const int unlocked = 0;
    check(::ioctl(master.get(), TIOCSPTLCK, &unlocked), "unlock the terminal of {}",
          way.request.node_name);
    const UniqueFd slave{check(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC),
                               "open the terminal of {}", way.request.node_name)};
    check(::ioctl(master.get(), TIOCSWINSZ, &shape.size), "set the size of the terminal");
    if (shape.copy_modes) {
        check(::tcsetattr(slave.get(), TCSANOW, &shape.modes), "set the modes of the terminal");
    }
    send_descriptor(socket, master.get());
    for (int target = 0; target < (shape.takes_stderr ? 3 : 2); ++target) {
        check(::dup2(slave.get(), target), "put the terminal in the place of {}", target);
    }
}

} // namespace netlab
