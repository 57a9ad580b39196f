#include "trial/service_watch.h"

#include "control/node_answer.h"
#include "sys/check.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
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

ServiceWatch::ServiceWatch(std::filesystem::path lab, EventLog& events)
    : lab_{std::move(lab)}, events_{events} {
    ask_at_last({"all"});
    if (!trouble_.empty()) {
        throw std::runtime_error{"cannot ask for the states of services: " + trouble_};
    }
}

void ServiceWatch::add(NodeBoard node) {
    ServiceBoard board{node.board.get(), node.services.size(), ServiceBoard::Access::read};
    std::vector<std::string> states(node.services.size(), to_string(ServiceState::waiting));
    watched_.push_back({std::move(node.node), std::move(node.services), std::move(node.board),
                        std::move(board), std::move(states)});
}

ServiceWatch::Watched* ServiceWatch::find(const std::string& node, const UniqueFd& memory) {
    const auto number = number_of(memory);
    const auto found = std::ranges::find_if(watched_, [&](const Watched& one) {
        return one.node == node && number_of(one.memory) == number;
    });
    return found == watched_.end() ? nullptr : &*found;
}

void ServiceWatch::ask(std::set<std::string>& nodes) {
    if (inquiry_ || nodes.empty()) {
        return;
    }
    try {
        inquiry_ = std::make_unique<BoardInquiry>(lab_, nodes);
        nodes.clear(); // those that are killed again while it goes on are asked for again
    } catch (const std::exception& error) {
        note_trouble(error.what());
    }
}

void ServiceWatch::add_fds(std::vector<int>& fds) const {
    if (inquiry_) {
        inquiry_->add_fds(fds);
    }
}

void ServiceWatch::take(std::set<std::string>& nodes) {
    if (!inquiry_ || !inquiry_->take()) {
        return;
    }
    const auto inquiry = std::move(inquiry_);
    if (!inquiry->error().empty()) {
        nodes.insert(inquiry->nodes().begin(), inquiry->nodes().end());
        note_trouble(inquiry->error());
        return;
    }
    for (auto& board : inquiry->boards()) {
        const auto name = board.node;
        try {
            take_board(std::move(board), nodes);
        } catch (const std::exception& error) {
            note_trouble("node " + name + ": " + error.what());
        }
    }
}

void ServiceWatch::take_board(NodeBoard node, std::set<std::string>& nodes) {
    if (!node.board) {
        return;
    }
    auto* known = find(node.node, node.board);
    if (known == nullptr) {
        end_older(node.node);
        add(std::move(node));
        return;
    }
    nodes.insert(node.node);
    if (!node.running && !known->has_ended) {
        known->has_ended = true;
        for (std::size_t i = 0; i < known->services.size(); ++i) {
            note(*known, i, node.states.at(i));
        }
    }
}

/// The node was killed and started again, and nobody has seen it without power.
void ServiceWatch::end_older(const std::string& node) {
    for (auto& one : watched_) {
        if (one.node != node || one.has_ended) {
            continue;
        }
        one.has_ended = true;
        for (std::size_t i = 0; i < one.services.size(); ++i) {
            note(one, i, to_string(state_without_power(one.board.status(i).state.load())));
        }
    }
}

void ServiceWatch::ask_at_last(std::set<std::string> nodes) {
    inquiry_.reset(); // of fewer
    ask(nodes);
    while (inquiry_) {
        std::vector<int> fds;
        add_fds(fds);
        std::vector<::pollfd> waits;
        for (const int fd : fds) {
            waits.push_back({fd, POLLIN, 0});
        }
        ::poll(waits.data(), waits.size(), -1);
        take(nodes);
    }
}

/// Once: it would be the same every time.
void ServiceWatch::note_trouble(const std::string& text) {
    if (text != trouble_) {
        trouble_ = text;
        events_.write(Event{{"event", "note"}, {"text", "the states of services: " + text}});
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
