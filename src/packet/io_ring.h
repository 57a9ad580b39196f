#pragma once

#include "packet/frame_call.h"

#include <memory>
#include <span>

struct io_uring;

namespace netlab {

/// An io_uring(7), used for one thing: to have many reads and writes of frames done within one
/// system call, in their order. Nothing is left under way between two calls, so it holds no frame
/// and costs nothing while no frame comes.
class IoRing {
public:
    /// For at most `most` frames at once. Null where the kernel has none, or forbids it (seccomp,
    /// kernel.io_uring_disabled, a limit), or has one that does not do what is needed: it is tried.
    static std::unique_ptr<IoRing> try_open(unsigned most);

    IoRing(const IoRing&) = delete;
    IoRing& operator=(const IoRing&) = delete;
    ~IoRing();

    /// As read(2) and write(2) without waiting, for each in turn. False, and nothing is done, if
    /// the driver does not know RWF_NOWAIT: then a read could wait for the next frame. Throw
    /// std::system_error.
    bool read(std::span<FrameCall> calls);
    bool write(std::span<FrameCall> calls);

private:
    explicit IoRing(std::unique_ptr<io_uring> ring);

    bool works();
    bool carry_out(std::span<FrameCall> calls, int operation);
    void submit(std::span<FrameCall> calls, int operation);

    std::unique_ptr<io_uring> ring_;
};

} // namespace netlab
