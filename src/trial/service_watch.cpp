#include "trial/service_watch.h"

#include "control/client.h"
#include "sys/check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr ::mode_t log_mode = 0644;

/// The board's number, by which a new one is known from an old one.
::ino_t number_of(const UniqueFd& memory) {
    struct ::stat status {};
    return ::fstat(memory.get(), &status) == 0 ? status.st_ino : 0;
}

std::string text_of(const LogPiece& piece) {
    const auto when = std::chrono::system_clock::time_point{
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::nanoseconds{piece.time})};
    return piece.stream == LogStream::note
               ? fmt::format("-- {} {} --\n", utc_text(when), piece.bytes)
               : piece.bytes;
}

} // namespace

ServiceWatch::ServiceWatch(const std::filesystem::path& lab, EventLog& events)
    : lab_{lab}, events_{events} {
    renew();
}

void ServiceWatch::renew() {
    for (auto& handle : LabClient{lab_}.boards({"all"})) {
        if (!handle.board) {
            continue;
        }
        const auto number = number_of(handle.board);
        const auto same = [&](const Watched& one) {
            return one.node == handle.node.name && number_of(one.memory) == number;
        };
        if (std::any_of(watched_.begin(), watched_.end(), same)) {
            continue;
        }
        std::vector<std::string> services;
        for (const auto& service : handle.node.services) {
            services.push_back(service.name);
        }
        ServiceBoard board{handle.board.get(), services.size(), ServiceBoard::Access::read};
        std::vector<ServiceState> states(services.size(), ServiceState::waiting);
        watched_.push_back({handle.node.name, std::move(services), std::move(handle.board),
                            std::move(board), std::move(states)});
    }
}

void ServiceWatch::look() {
    for (auto& one : watched_) {
        for (std::size_t i = 0; i < one.services.size(); ++i) {
            const auto& status = one.board.status(i);
            const auto state = status.state.load();
            if (state != one.states[i]) {
                one.states[i] = state;
                events_.write(Event{{"event", "service"},
                                    {"node", one.node},
                                    {"service", one.services[i]},
                                    {"state", to_string(state)},
                                    {"restarts", status.restarts.load()}});
            }
        }
    }
}

void ServiceWatch::write_logs(const std::filesystem::path& folder) const {
    for (const auto& one : watched_) {
        for (std::size_t i = 0; i < one.services.size(); ++i) {
            const auto path = folder / fmt::format("{}-{}.log", one.node, one.services[i]);
            const UniqueFd file{
                check(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, log_mode),
                      "write {}", path.string())};
            std::string text;
            auto reader = one.board.reader(i);
            for (const auto& piece : reader.read()) {
                text += text_of(piece);
            }
            check(::write(file.get(), text.data(), text.size()), "write {}", path.string());
        }
    }
}

} // namespace netlab
