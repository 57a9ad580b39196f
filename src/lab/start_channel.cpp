#include "lab/start_channel.h"

#include "sys/check.h"
#include "sys/pass_descriptor.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <sys/socket.h>

namespace netlab {

namespace {

struct Header {
    StartMessage::Kind kind;
    Phase phase;
    std::uint32_t done;
    std::uint32_t total;
};

constexpr std::size_t longest_text = 60'000; // with the rest below the smallest send buffer
constexpr std::size_t longest_hint = 1'000;

} // namespace

const char* describe(Phase phase) {
    switch (phase) {
    case Phase::spawn:
        return "starting nodes and wiring links";
    case Phase::configure:
        return "giving out addresses";
    case Phase::settle:
        return "waiting for links";
    case Phase::set_up:
        return "running set-up commands";
    }
    return "";
}

StartChannel StartChannel::open() {
    std::array<int, 2> ends{};
    check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()),
          "make a channel to the supervisor");
    return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

bool send_go(const UniqueFd& channel) {
    if (::send(channel.get(), "g", 1, MSG_NOSIGNAL) == 1) {
        return true;
    }
    if (errno == EPIPE || errno == ECONNRESET) {
        return false;
    }
    throw_errno(errno, "tell the supervisor to go on");
}

bool wait_for_go(const UniqueFd& channel) {
    char go = 0;
    return ::recv(channel.get(), &go, 1, 0) == 1;
}

bool send_answer(const UniqueFd& channel, const std::string& text, int descriptor) {
    if (send_with_descriptor(channel, text, descriptor)) {
        return true;
    }
    if (errno == EPIPE || errno == ECONNRESET) {
        return false;
    }
    throw_errno(errno, "answer the supervisor");
}

std::optional<std::string> receive_answer(const UniqueFd& channel, UniqueFd& descriptor) {
    std::string text(longest_hint, '\0');
    const auto n = receive_with_descriptor(channel, text, descriptor);
    if (n <= 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(n));
    return text;
}

bool send_message(const UniqueFd& channel, const StartMessage& message, int descriptor) {
    const Header header{message.kind, message.phase, static_cast<std::uint32_t>(message.done),
                        static_cast<std::uint32_t>(message.total)};
    std::string frame(sizeof header, '\0');
    std::memcpy(frame.data(), &header, sizeof header);
    // A NUL between the two: printable() has left none in either.
    frame.append(message.text, 0, longest_text);
    frame.push_back('\0');
    frame.append(message.hint, 0, longest_hint);
    return send_with_descriptor(channel, frame, descriptor);
}

std::optional<StartMessage> receive_message(const UniqueFd& channel, UniqueFd& descriptor) {
    std::string frame(sizeof(Header) + longest_text + 1 + longest_hint, '\0');
    auto n = receive_with_descriptor(channel, frame, descriptor);
    if (n < 0 && errno == ECONNRESET) {
        // The supervisor has ended without reading all that it was sent: the kernel says so first,
        // once, and gives out what is there after that.
        n = receive_with_descriptor(channel, frame, descriptor);
    }
    if (n < 0 && errno != ECONNRESET) {
        throw_errno(errno, "hear from the supervisor");
    }
    if (n < static_cast<ssize_t>(sizeof(Header))) {
        return std::nullopt;
    }
    Header header{};
    std::memcpy(&header, frame.data(), sizeof header);
    const auto texts = frame.substr(sizeof header, static_cast<std::size_t>(n) - sizeof header);
    const auto end = std::min(texts.find('\0'), texts.size());
    return StartMessage{header.kind,          header.phase,
                        header.done,          header.total,
                        texts.substr(0, end), texts.substr(std::min(end + 1, texts.size()))};
}

} // namespace netlab
