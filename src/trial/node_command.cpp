#include "trial/node_command.h"

#include "sys/check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t most_output = 16UL << 20U;
constexpr ::mode_t output_mode = 0644;

UniqueFd make_file(const std::string& path) {
    return UniqueFd{check(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, output_mode),
        "write {}", path)};
}

JoinedCommand start(const JoinRequest& request, const std::string& file) {
    const UniqueFd nothing{check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null")};
    const auto out = make_file(file + ".out");
    const auto err = make_file(file + ".err");
    return start_in_node(request, {nothing.get(), out.get(), err.get()});
}

std::string beginning_of(const std::string& path) {
    const UniqueFd file{check(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "read {}", path)};
    std::string text;
    for (std::size_t got = 1; got > 0 && text.size() < most_output;) {
        const auto before = text.size();
        text.resize(before + 65536);
        got = static_cast<std::size_t>(
            check(::read(file.get(), text.data() + before, 65536), "read {}", path));
        text.resize(before + got);
    }
    return text;
}

} // namespace

NodeCommand::NodeCommand(const JoinRequest& request, std::filesystem::path file)
    : node_{request.node_name}, file_{std::move(file)}, command_{start(request, file_.string())} {}

bool NodeCommand::has_ended() {
    if (exit_code_) {
        return true;
    }
    ::pollfd end{command_.ended_fd(), POLLIN, 0};
    if (::poll(&end, 1, 0) <= 0) {
        return false;
    }
    try {
        exit_code_ = command_.wait();
    } catch (const CommandNotStarted& refusal) {
        exit_code_ = refusal.exit_code();
        error_ = refusal.what();
    }
    return true;
}

std::string NodeCommand::out() const {
    return beginning_of(file_.string() + ".out");
}

std::string NodeCommand::err() const {
    return beginning_of(file_.string() + ".err");
}

} // namespace netlab
