#include "node/wall_clock.h"

#include "base/node_clock.h"
#include "clock/library.h"
#include "clock/setting.h"
#include "image/layers.h"
#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr const char* preload_list = "/etc/ld.so.preload";
static_assert(wall_clock_places[0] == clock_directory && wall_clock_places[1] == preload_list);
constexpr auto patience = std::chrono::seconds{3};
constexpr std::size_t most_of_list = 64U << 10U; ///< bytes
constexpr std::size_t most_of_libc = 16U << 20U;
constexpr std::string_view least_libc = "GLIBC_2.34"; ///< the version of dlsym that is asked for
constexpr int node_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                                CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

/// A file that is complete when it can be seen. In a layer, one of an owner whom the node lacks
/// cannot be changed, but another can take its name.
class NewFile {
public:
    NewFile(std::string path, mode_t mode) : path_{std::move(path)}, draft_{path_ + ".netlab"} {
        ::unlink(draft_.c_str());
        file_.reset(
            check(::open(draft_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode),
                  "create {}", draft_));
        check(::fchmod(file_.get(), mode), "set the mode of {}", draft_); // whatever the umask
    }
    int get() const { return file_.get(); }
    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto written =
                check(::write(file_.get(), bytes.data(), bytes.size()), "write {}", draft_);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void publish() const {
        check(::rename(draft_.c_str(), path_.c_str()), "put {} in its place", path_);
    }

private:
    std::string path_;
    std::string draft_;
    UniqueFd file_;
};

void make_directory(const char* path) {
    if (::mkdir(path, 0755) != 0 && errno != EEXIST) {
        throw_errno(errno, fmt::format("create {}", path));
    }
    check(::chmod(path, 0755), "set the mode of {}", path);
}

/// The page of a node that has one.
UniqueFd open_page() {
    UniqueFd page{::open(clock_page_file, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    struct stat about {};
    const bool is_page = page && ::fstat(page.get(), &about) == 0 && S_ISREG(about.st_mode) &&
                         about.st_size >= static_cast<off_t>(sizeof(ClockPage));
    return is_page ? std::move(page) : UniqueFd{};
}

void make_page(const ClockSetting& setting) {
    make_directory(std::filesystem::path{clock_directory}.parent_path().c_str());
    make_directory(clock_directory);
    const NewFile page{clock_page_file, 0644};
    write_new_page(page.get(), setting);
    page.publish();
}

/// What a file has, if that is not too much; empty if there is none. Not of what is no file, which
/// would keep its readers waiting.
std::string read_bounded(const char* path, std::size_t most) {
    const UniqueFd file{::open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
        return {};
    }
    if (about.st_size > static_cast<off_t>(most)) {
        throw std::runtime_error{fmt::format("{} is larger than {} bytes", path, most)};
    }
    std::string text(static_cast<std::size_t>(about.st_size), '\0');
    text.resize(static_cast<std::size_t>(
        check(::read(file.get(), text.data(), text.size()), "read {}", path)));
    return text;
}

/// An older libc does not do without the library: it ends every program.
void refuse_old_libc() {
    for (const auto* path : {"/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6",
                             "/lib64/libc.so.6", "/usr/lib/libc.so.6"}) {
        const auto libc = read_bounded(path, most_of_libc);
        if (!libc.empty() && libc.find(least_libc) == std::string::npos) {
            throw std::runtime_error{"the programs of its root have a libc older than 2.34, with "
                                     "which they cannot have a clock of their own"};
        }
    }
}

void put_library() {
    if (::access(clock_library_file, R_OK) == 0) {
        return; // programs have it mapped
    }
    refuse_old_libc();
    const auto bytes = clock_library();
    const NewFile library{clock_library_file, 0755};
    library.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    library.publish();
}

/// ld.so(8): what this lists goes into every program, whoever starts it and with whatever
/// environment, set-user-ID ones among them.
void list_library() {
    auto list = read_bounded(preload_list, most_of_list);
    if (list.find(clock_library_file) != std::string::npos) {
        return;
    }
    list += (list.empty() || list.ends_with('\n') ? "" : "\n") + std::string{clock_library_file};
    const NewFile file{preload_list, 0644};
    file.write(list + "\n");
    file.publish();
}

/// Goes into the node, in a child of the supervisor's. Out of reach of the node's root: it is not
/// in its PID namespace, and not to be traced.
void enter_node(pid_t init) {
    check(::prctl(PR_SET_DUMPABLE, 0), "forbid tracing");
    const UniqueFd pidfd{
        static_cast<int>(check(::syscall(SYS_pidfd_open, init, 0), "open the node"))};
    check(::setns(pidfd.get(), node_namespaces), "enter the node");
    check(::setresgid(0, 0, 0), "become the node's root group");
    check(::setresuid(0, 0, 0), "become the node's root");
    check(::chdir("/"), "enter the node's root directory");
    mount_layers();
}

} // namespace

void set_wall_clock(const ClockSetting& setting) {
    if (const auto page = open_page()) {
        write_page(page.get(), setting);
    } else {
        make_page(setting);
    }
    put_library();
    list_library();
}

WallClockChange::WallClockChange(pid_t init, const ClockSetting& setting)
    : deadline_{std::chrono::steady_clock::now() + patience} {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
    outcome_.reset(ends[0]);
    const UniqueFd writing{ends[1]};
    child_ = check(::fork(), "fork to set a node's clock");
    if (child_ != 0) {
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        enter_node(init);
        set_wall_clock(setting);
        std::ignore = ::write(writing.get(), "", 1);
    } catch (const std::exception& error) {
        const std::string_view why{error.what()};
        std::ignore = ::write(writing.get(), why.data(), why.size());
    }
    ::_exit(0);
}

WallClockChange::WallClockChange(WallClockChange&& other) noexcept
    : outcome_{std::move(other.outcome_)}, child_{std::exchange(other.child_, -1)},
      deadline_{other.deadline_} {}

WallClockChange::~WallClockChange() {
    if (child_ > 0) {
        end_child(child_);
    }
}

std::string WallClockChange::wait() {
    pollfd ready{outcome_.get(), POLLIN, 0};
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    const auto most = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    if (uninterrupted([&] { return ::poll(&ready, 1, most); }) == 0) {
        return "the node's own files keep netlab waiting";
    }
    std::array<char, 1024> text{};
    const auto size =
        uninterrupted([&] { return ::read(outcome_.get(), text.data(), text.size()); });
    if (size <= 0) {
        return "the process that was to set it has ended";
    }
    return text[0] == '\0' ? std::string{}
                           : std::string{text.data(), static_cast<std::size_t>(size)};
}

} // namespace netlab
