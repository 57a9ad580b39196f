#include "node/command_output.h"

#include "sys/check.h"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace netlab {

namespace {

/// At one time: what a pipe holds, unless it was made larger. Who floods it is not waited for.
constexpr int most_reads = 16;
std::array<char, 4096> buffer; // of a process with one thread

} // namespace

UniqueFd CommandOutput::open() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for a command's output");
    UniqueFd writing{ends[1]};
    pipe_.reset(ends[0]);
    tail_.clear();
    check(::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK), "set up a pipe");
    return writing;
}

void CommandOutput::read() {
    for (int i = 0; pipe_ && i < most_reads; ++i) {
        const auto got = ::read(pipe_.get(), buffer.data(), buffer.size());
        if (got < 0) {
            return;
        }
        if (got == 0) {
            pipe_.reset();
        }
        tail_.append(buffer.data(), static_cast<std::size_t>(got));
        tail_.erase(0, tail_.size() - std::min(tail_.size(), kept_));
    }
}

std::string CommandOutput::text() const {
    return tail_.substr(0, tail_.find_last_not_of('\n') + 1);
}

void LeftOutput::add(UniqueFd pipe) {
    if (pipe) {
        pipes_.push_back(std::move(pipe));
    }
}

void LeftOutput::add_polls(std::vector<pollfd>& polls) const {
    for (const auto& pipe : pipes_) {
        polls.push_back({pipe.get(), POLLIN, 0});
    }
}

void LeftOutput::discard() {
    std::erase_if(pipes_, [](const UniqueFd& pipe) {
        ssize_t got = 1;
        for (int i = 0; got > 0 && i < most_reads; ++i) {
            got = ::read(pipe.get(), buffer.data(), buffer.size());
        }
        return got == 0;
    });
}

} // namespace netlab
