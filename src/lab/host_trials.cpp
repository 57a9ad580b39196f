#include "lab/host_trials.h"

#include "netlink/link_requests.h"
#include "netlink/masquerade.h"
#include "netlink/netem_probe.h"
#include "netlink/socket.h"
#include "packet/tap.h"
#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/id_choice.h"
#include "sys/id_map.h"
#include "sys/mounts.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::uint64_t all_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                                         CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

struct Pipe {
    UniqueFd reading;
    UniqueFd writing;

    Pipe() {
        std::array<int, 2> ends{};
        check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
        reading.reset(ends[0]);
        writing.reset(ends[1]);
    }
};

/// A child in namespaces of its own, killed and reaped when this goes.
class Child {
public:
    explicit Child(Clone clone) : clone_(std::move(clone)) {}
    ~Child() { end_child(clone_.pid); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

private:
    Clone clone_;
};

void try_network() {
    Socket socket;
    Batch batch;
    set_up(batch, 0, 1);
    socket.execute(batch);
}

void try_mounts() {
    make_mounts_private();
    mount_new("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=0755");
    check(::mkdir("/tmp/kept", 0755), "make a directory");
    mount_bind("/tmp/kept", "/tmp/kept");
    make_read_only("/tmp/kept", false);
}

void try_proc() {
    mount_new("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

void try_node() {
    const auto uids = to_text(identity_of(parse_id_map(read_file("/proc/self/uid_map"))));
    const auto gids = to_text(identity_of(parse_id_map(read_file("/proc/self/gid_map"))));
    auto clone = clone_process(all_namespaces);
    check(clone.pid, "make the namespaces of a node");
    if (clone.pid == 0) {
        ::pause();
        ::_exit(0);
    }
    const auto pid = clone.pid;
    const Child child{std::move(clone)};
    write_id_map_files(pid, uids, gids);
}

void try_links() {
    Socket socket;
    Batch batch;
    constexpr int bridge = 100;
    new_bridge(batch, 0, {"bridge0", bridge});
    new_veth(batch, 0, {0, "veth0", bridge + 1}, {0, "veth1", bridge + 2});
    set_master(batch, 0, bridge + 1, bridge);
    socket.execute(batch);
}

void try_tap() {
    open_tap({"tap0"});
}

void try_shaping() {
    const auto ability = try_netem();
    if (!ability.netem) {
        throw std::runtime_error{ability.why};
    }
}

void try_overlay() {
    mount_new("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=0755"); // nothing is made on the host
    for (const char* directory : {"/tmp/lower", "/tmp/upper", "/tmp/work", "/tmp/layered"}) {
        check(::mkdir(directory, 0755), "make a directory");
    }
    mount_new("overlay", "/tmp/layered", 0,
              "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work,userxattr");
}

void try_nat() {
    NftSocket socket;
    add_masquerade(socket, {"netlab", "lo", std::nullopt});
}

void try_time() {
    check(::unshare(CLONE_NEWTIME), "make a time namespace");
}

struct Attempt {
    Ability ability;
    void (*attempt)();
};

constexpr std::array<Attempt, 10> attempts{{{Ability::network, try_network},
                                            {Ability::mounts, try_mounts},
                                            {Ability::proc, try_proc},
                                            {Ability::node, try_node},
                                            {Ability::links, try_links},
                                            {Ability::tap, try_tap},
                                            {Ability::netem, try_shaping},
                                            {Ability::overlay, try_overlay},
                                            {Ability::nat, try_nat},
                                            {Ability::time, try_time}}};

/// One line each, empty for what worked.
[[noreturn]] void run_attempts(const UniqueFd& go, const UniqueFd& report) {
    char byte = 0;
    if (::read(go.get(), &byte, 1) != 1) {
        ::_exit(1);
    }
    ::umask(022);
    // Root of the lab: the caller's own id may be mapped to none.
    std::ignore = ::setgroups(0, nullptr); // refused where ids are the caller's own alone
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) {
        ::_exit(1);
    }
    // A change of ids makes a process whose files in /proc, and its children's, are the host's
    // root's.
    ::prctl(PR_SET_DUMPABLE, 1);
    for (const auto& [ability, attempt] : attempts) {
        std::string line;
        try {
            attempt();
        } catch (const std::exception& error) {
            line = error.what();
            std::ranges::replace(line, '\n', ' ');
        }
        line += '\n';
        if (::write(report.get(), line.data(), line.size()) < 0) {
            ::_exit(1);
        }
    }
    ::_exit(0);
}

std::string read_to_end(const UniqueFd& pipe) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto size =
            uninterrupted([&] { return ::read(pipe.get(), buffer.data(), buffer.size()); });
        if (size <= 0) {
            return text;
        }
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

void add_results(std::vector<Trial>& trials, std::string_view text) {
    for (const auto& [ability, attempt] : attempts) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            trials.push_back({ability, "the attempt ended the process that made it", ""});
            continue;
        }
        trials.push_back({ability, std::string{text.substr(0, end)}, ""});
        text.remove_prefix(end + 1);
    }
}

} // namespace

std::vector<Trial> try_abilities() {
    Pipe go;
    Pipe report;
    auto clone = clone_process(all_namespaces);
    if (clone.pid < 0) {
        return {{Ability::namespaces, std::generic_category().message(errno), ""}};
    }
    if (clone.pid == 0) {
        go.writing.reset(); // or the caller's end would not be seen
        report.reading.reset();
        run_attempts(go.reading, report.writing);
    }
    const auto pid = clone.pid;
    const Child child{std::move(clone)};
    report.writing.reset();
    auto maps = choose_id_maps();
    try {
        write_id_maps(pid, maps);
    } catch (const std::system_error& error) {
        return {{Ability::namespaces, error.what(), ""}};
    }
    std::vector<Trial> trials{{Ability::namespaces, "", maps.remark, maps.cure}};
    check(::write(go.writing.get(), "g", 1), "let the attempts begin");
    add_results(trials, read_to_end(report.reading));
    return trials;
}

} // namespace netlab
