#include "trial/service_watch.h"

#include "sys/check.h"

#include <algorithm>

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
    for (auto& handle : LabClient{lab_}.boards({"all"})) {
        if (handle.board) {
            add(std::move(handle));
        }
    }
}

void ServiceWatch::add(NodeHandle handle) {
    std::vector<std::string> services;
    for (const auto& service : handle.node.services) {
        services.push_back(service.name);
    }
    ServiceBoard board{handle.board.get(), services.size(), ServiceBoard::Access::read};
    std::vector<std::string> states(services.size(), to_string(ServiceState::waiting));
    watched_.push_back({handle.node.name, std::move(services), std::move(handle.board),
                        std::move(board), std::move(states)});
}

ServiceWatch::Watched* ServiceWatch::find(const std::string& node, const UniqueFd& memory) {
    const auto number = number_of(memory);
    const auto found = std::ranges::find_if(watched_, [&](const Watched& one) {
        return one.node == node && number_of(one.memory) == number;
    });
    return found == watched_.end() ? nullptr : &*found;
}

void ServiceWatch::renew(std::set<std::string>& nodes) {
    if (nodes.empty()) {
        return;
    }
    for (auto& handle : LabClient{lab_}.boards({nodes.begin(), nodes.end()})) {
        auto* known = handle.board ? find(handle.node.name, handle.board) : nullptr;
        if (known == nullptr) {
            nodes.erase(handle.node.name);
        }
        if (known == nullptr && handle.board) {
            add(std::move(handle));
        } else if (known != nullptr && !handle.node.running && !known->has_ended) {
            known->has_ended = true;
            for (std::size_t i = 0; i < known->services.size(); ++i) {
                note(*known, i, handle.node.services.at(i).state);
            }
        }
    }
}

void ServiceWatch::note(Watched& watched, std::size_t service, const std::string& state) {
    if (watched.states[service] != state) {
        watched.states[service] = state;
        events_.write(Event{{"event", "service"},
                            {"node", watched.node},
                            {"service", watched.services[service]},
                            {"state", state},
                            {"restarts", watched.board.status(service).restarts.load()}});
    }
}

void ServiceWatch::look() {
    for (auto& one : watched_) {
        for (std::size_t i = 0; i < one.services.size() && !one.has_ended; ++i) {
            note(one, i, to_string(one.board.status(i).state.load()));
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
