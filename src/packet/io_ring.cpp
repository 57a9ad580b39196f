#include "packet/io_ring.h"

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <liburing.h>
#include <sys/uio.h>
#include <unistd.h>

namespace netlab {

IoRing::IoRing(std::unique_ptr<io_uring> ring) : ring_(std::move(ring)) {}

IoRing::~IoRing() {
    ::io_uring_queue_exit(ring_.get());
}

std::unique_ptr<IoRing> IoRing::try_open(unsigned most) {
    auto ring = std::make_unique<io_uring>();
    if (::io_uring_queue_init(most, ring.get(), 0) != 0) {
        return nullptr;
    }
    std::unique_ptr<IoRing> opened{new IoRing{std::move(ring)}};
    return opened->works() ? std::move(opened) : nullptr;
}

/// A byte goes into a pipe and comes out of it, and a second read finds nothing and says so. Before
/// Linux 6.4 pipes do not know RWF_NOWAIT, and neither do TAPs.
bool IoRing::works() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return false;
    }
    const UniqueFd out{ends[0]};
    const UniqueFd in{ends[1]};
    std::array<std::byte, 3> bytes{std::byte{7}};
    const VirtioFrame all{bytes};
    std::array<FrameCall, 1> writes{{{in.get(), all.first(1)}}};
    std::array<FrameCall, 2> reads{
        {{out.get(), all.subspan(1, 1)}, {out.get(), all.subspan(2, 1)}}};
    try {
        if (!write(writes) || !read(reads)) {
            return false;
        }
    } catch (const std::system_error&) {
        return false;
    }
    return reads[0].result == 1 && bytes[1] == bytes[0] && reads[1].result == -EAGAIN;
}

bool IoRing::read(std::span<FrameCall> calls) {
    return carry_out(calls, IORING_OP_READ);
}

bool IoRing::write(std::span<FrameCall> calls) {
    return carry_out(calls, IORING_OP_WRITE);
}

/// RWF_NOWAIT, because a read of an empty TAP would otherwise wait for the next frame, although the
/// TAP is O_NONBLOCK: an io_uring polls such a file. A driver that does not know it refuses it,
/// before it does anything.
bool IoRing::carry_out(std::span<FrameCall> calls, int operation) {
    submit(calls, operation);
    return calls.empty() || calls.front().result != -EOPNOTSUPP;
}

void IoRing::submit(std::span<FrameCall> calls, int operation) {
    for (auto& call : calls) {
        io_uring_sqe* entry = ::io_uring_get_sqe(ring_.get());
        ::io_uring_prep_rw(operation, entry, call.tap, call.frame.data(),
                           static_cast<unsigned>(call.frame.size()), 0);
        entry->rw_flags = RWF_NOWAIT;
        ::io_uring_sqe_set_data(entry, &call);
    }
    // Each is done within the submission, one after the other; there is nothing to wait for.
    const auto count = static_cast<unsigned>(calls.size());
    for (unsigned done = 0; done < count;) {
        const int result = ::io_uring_submit_and_wait(ring_.get(), count - done);
        if (result < 0 && result != -EINTR && result != -EAGAIN) {
            throw_errno(-result, "read and write frames by an io_uring");
        }
        io_uring_cqe* completion = nullptr;
        unsigned head = 0;
        unsigned seen = 0;
        io_uring_for_each_cqe(ring_.get(), head, completion) {
            static_cast<FrameCall*>(::io_uring_cqe_get_data(completion))->result = completion->res;
            ++seen;
        }
        ::io_uring_cq_advance(ring_.get(), seen);
        done += seen;
    }
}

} // namespace netlab
