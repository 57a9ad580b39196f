#pragma once

#include "sys/unique_fd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// What goes over the control socket: a text (JSON) with its length in front, and descriptors
/// beside it.
struct Frame {
    std::string text;
    std::vector<UniqueFd> fds;
};

/// The most descriptors that one frame carries (the kernel's SCM_MAX_FD is 253).
inline constexpr std::size_t most_fds = 200;

/// Sends a frame whole; waits for at most the socket's SO_SNDTIMEO. `fds` stay the caller's. Throws
/// std::system_error.
void send_frame(const UniqueFd& socket, const std::string& text, const std::vector<int>& fds = {});

/// Waits for the next frame whole, for at most the socket's SO_RCVTIMEO. Throws std::system_error,
/// and std::runtime_error when the other end is gone or sends what is no frame.
Frame receive_frame(const UniqueFd& socket);

/// Frames as they arrive on a socket that does not wait.
class FrameBuffer {
public:
    /// Takes what is there. False when the other end is gone or sends what is no frame.
    bool fill(const UniqueFd& socket);
    /// Takes the next whole frame's text out; false if none is whole yet.
    bool next(std::string& text);

private:
    std::string bytes_;
};

/// Gives up on a socket's other end after this time. Throws std::system_error.
void set_patience(const UniqueFd& socket, int seconds);

} // namespace netlab
