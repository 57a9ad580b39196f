#include "control/frame.h"

#include "sys/check.h"
#include "sys/pass_descriptor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include <sys/socket.h>
#include <sys/time.h>

namespace netlab {

namespace {

using Length = std::uint32_t;
constexpr Length more_follows = 1U << 31U;    ///< in a length
constexpr Length longest_request = 1U << 20U; ///< names and properties; reading it takes time

void send_rest(const UniqueFd& socket, const char* data, std::size_t size) {
    while (size > 0) {
        const auto n =
            check(uninterrupted([&] { return ::send(socket.get(), data, size, MSG_NOSIGNAL); }),
                  "answer on the control socket");
        data += n;
        size -= static_cast<std::size_t>(n);
    }
}

/// One recvmsg, with the descriptors that came beside its bytes.
std::size_t receive_some(const UniqueFd& socket, char* data, std::size_t size,
                         std::vector<UniqueFd>& fds) {
    auto passed = receive_with_descriptors(socket.get(), {data, size}, most_fds);
    const auto n = passed.size;
    if (n < 0 && errno == EAGAIN) {
        throw std::runtime_error{
            "the lab's supervisor does not answer; is the lab still starting?"};
    }
    check(n, "hear from the lab's supervisor");
    if (n == 0) {
        throw std::runtime_error{"the lab's supervisor has ended"};
    }
    std::ranges::move(passed.descriptors, std::back_inserter(fds));
    if ((passed.flags & MSG_CTRUNC) != 0) {
        throw std::runtime_error{"cannot take more open files from the supervisor (ulimit -n)"};
    }
    return static_cast<std::size_t>(n);
}

void receive_all(const UniqueFd& socket, char* data, std::size_t size, std::vector<UniqueFd>& fds) {
    while (size > 0) {
        const auto n = receive_some(socket, data, size, fds);
        data += n;
        size -= n;
    }
}

void send_piece(const UniqueFd& socket, std::string_view text, Length flags,
                const std::vector<int>& fds) {
    auto length = static_cast<Length>(text.size()) | flags;
    const std::array<iovec, 2> parts{
        {{&length, sizeof length}, {const_cast<char*>(text.data()), text.size()}}};
    const auto n = static_cast<std::size_t>(
        check(send_with_descriptors(socket.get(), parts, fds), "answer on the control socket"));
    const auto of_length = std::min(n, sizeof length);
    send_rest(socket, reinterpret_cast<const char*>(&length) + of_length,
              sizeof length - of_length);
    send_rest(socket, text.data() + (n - of_length), text.size() - (n - of_length));
}

} // namespace

void send_frame(const UniqueFd& socket, const std::string& text, const std::vector<int>& fds) {
    std::string_view rest{text};
    send_piece(socket, rest.substr(0, longest_piece),
               rest.size() > longest_piece ? more_follows : 0, fds);
    while (rest.size() > longest_piece) {
        rest.remove_prefix(longest_piece);
        send_piece(socket, rest.substr(0, longest_piece),
                   rest.size() > longest_piece ? more_follows : 0, {});
    }
}

Frame receive_frame(const UniqueFd& socket) {
    Frame frame;
    for (Length length = more_follows; (length & more_follows) != 0;) {
        receive_all(socket, reinterpret_cast<char*>(&length), sizeof length, frame.fds);
        const std::size_t size = length & ~more_follows;
        const auto before = frame.text.size();
        if (size > longest_piece || before + size > longest_answer) {
            throw std::runtime_error{
                "the lab's supervisor speaks another language; was netlab upgraded meanwhile?"};
        }
        frame.text.resize(before + size);
        receive_all(socket, frame.text.data() + before, size, frame.fds);
    }
    return frame;
}

bool FrameBuffer::fill(const UniqueFd& socket) {
    std::array<char, 65536> buffer; // NOLINT(*-member-init): recv(2) fills it
    auto passed = receive_with_descriptors(socket.get(), buffer, 1, MSG_DONTWAIT);
    const auto n = passed.size;
    if (n <= 0) {
        return n < 0 && errno == EAGAIN;
    }
    if (!passed.descriptors.empty()) {
        fd_ = std::move(passed.descriptors.back());
    }
    bytes_.append(buffer.data(), static_cast<std::size_t>(n));
    Length length = 0;
    std::memcpy(&length, bytes_.data(), std::min(sizeof length, bytes_.size()));
    return bytes_.size() < sizeof length || length <= longest_request;
}

bool FrameBuffer::next(std::string& text) {
    Length length = 0;
    if (bytes_.size() < sizeof length) {
        return false;
    }
    std::memcpy(&length, bytes_.data(), sizeof length);
    if (bytes_.size() - sizeof length < length) {
        return false;
    }
    text = bytes_.substr(sizeof length, length);
    bytes_.erase(0, sizeof length + length);
    return true;
}

void set_patience(const UniqueFd& socket, int seconds) {
    const timeval time{seconds, 0};
    check(::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time), "set a timeout");
    check(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), "set a timeout");
}

} // namespace netlab
