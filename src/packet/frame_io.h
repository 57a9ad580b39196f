#pragma once

#include "packet/frame_call.h"
#include "packet/frame_calls.h"
#include "packet/io_ring.h"

#include <memory>
#include <span>
#include <vector>

namespace netlab {

/// Reads frames from TAPs and writes frames to them, in batches. Within a batch of either kind the
/// order is that of the asking.
class FrameIo {
public:
    /// Frames of one batch.
    static constexpr std::size_t most = 64;

    /// `batched` is a wish: without an io_uring it is `single`.
    explicit FrameIo(FrameCalls calls);

    /// For how many frames of the next read there still is room.
    std::size_t room() const { return most - asked_.size(); }
    /// The next read is to take `count` of the frames that wait at `tap`; at most `room`.
    void ask(int tap, std::size_t count);
    /// All that were asked for, in order. The frames may be changed, and stay until the next
    /// `read`. Throws std::system_error only for what is no TAP's fault.
    std::span<const FrameCall> read();

    /// Whether the next frame has to wait for a `write`.
    bool is_full() const { return given_.size() == most; }
    /// The next write is to bring `frame` to `tap`. It stays as it is until then.
    void give(int tap, VirtioFrame frame);
    /// All that were given, in order; until the next `write`. Throws as `read` does.
    std::span<const FrameCall> write();

private:
    bool in_ring(bool done);

    std::unique_ptr<IoRing> ring_;
    std::unique_ptr<std::byte[]> room_; ///< for `most` frames; what no frame touches is no memory
    std::vector<FrameCall> asked_;
    std::vector<FrameCall> read_;
    std::vector<FrameCall> given_;
    std::vector<FrameCall> written_;
};

} // namespace netlab
