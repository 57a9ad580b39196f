#pragma once

#include "sys/unique_fd.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// What goes over the control socket: a text (JSON) in pieces, each with its length in front and a
/// bit that says whether more follow, and descriptors beside the first.
struct Frame {
    std::string text;
    std::vector<UniqueFd> fds;
};

/// The most descriptors that one frame carries (the kernel's SCM_MAX_FD is 253).
inline constexpr std::size_t most_fds = 200;

/// The most bytes of one piece of a text.
inline constexpr std::size_t longest_piece = 16U << 20U;
/// The most bytes of an answer, by which a client knows one that is none.
inline constexpr std::size_t longest_answer = 1U << 30U;

/// Sends a frame whole; waits for at most the socket's SO_SNDTIMEO. `fds` stay the caller's. Throws
/// std::system_error.
void send_frame(const UniqueFd& socket, const std::string& text, const std::vector<int>& fds = {});

/// Waits for the next frame whole, for at most the socket's SO_RCVTIMEO. Throws std::system_error,
/// and std::runtime_error when the other end is gone or sends what is no frame, or more than
/// longest_answer.
Frame receive_frame(const UniqueFd& socket);

/// Requests as they arrive on a socket that does not wait: frames of one piece of a mebibyte at
/// most.
class FrameBuffer {
public:
    /// Takes what is there. False when the other end is gone or sends what is no frame.
    bool fill(const UniqueFd& socket);
    /// Takes the next whole frame's text out; false if none is whole yet.
    bool next(std::string& text);
    /// The descriptor that came last, if one did.
    UniqueFd take_fd() { return std::move(fd_); }

private:
    std::string bytes_;
    UniqueFd fd_;
};

/// Gives up on a socket's other end after this time. Throws std::system_error.
void set_patience(const UniqueFd& socket, int seconds);

} // namespace netlab
