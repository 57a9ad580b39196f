#include "packet/frame_io.h"

#include <cassert>
#include <cerrno>

#include <unistd.h>

namespace netlab {

namespace {

/// An IP packet has at most 65,535 bytes and 40; the rest is room for tags, and a whole number of
/// cache lines. Not of pages: the headers of all frames would compete for the same cache lines.
constexpr std::size_t largest_frame = virtio_header_size + 14 + 65'535 + 40 + 127;
static_assert(largest_frame % 64 == 0 && largest_frame % 4096 != 0);

void read_one(FrameCall& call) {
    const auto size = ::read(call.tap, call.frame.data(), call.frame.size());
    call.result = size < 0 ? -errno : size;
}

void write_one(FrameCall& call) {
    const auto size = ::write(call.tap, call.frame.data(), call.frame.size());
    call.result = size < 0 ? -errno : size;
}

void read_singly(std::span<FrameCall> calls) {
    int empty = -1;
    for (auto& call : calls) {
        if (call.tap == empty) {
            call.result = -EAGAIN;
            continue;
        }
        read_one(call);
        empty = call.result < 0 ? call.tap : -1;
    }
}

void write_singly(std::span<FrameCall> calls) {
    for (auto& call : calls) {
        write_one(call);
    }
}

} // namespace

FrameIo::FrameIo(FrameCalls calls)
    : ring_(calls == FrameCalls::batched ? IoRing::try_open(most) : nullptr),
      room_(new std::byte[most * largest_frame]) {}

/// A ring that TAPs do not work with is not asked again.
bool FrameIo::in_ring(bool done) {
    if (!done) {
        ring_.reset();
    }
    return done;
}

void FrameIo::ask(int tap, std::size_t count) {
    assert(count <= room());
    for (std::size_t i = 0; i < count; ++i) {
        asked_.push_back({tap, {&room_[asked_.size() * largest_frame], largest_frame}});
    }
}

std::span<const FrameCall> FrameIo::read() {
    std::swap(asked_, read_);
    asked_.clear();
    // A single one is cheaper without the ring.
    if (!ring_ || read_.size() == 1 || !in_ring(ring_->read(read_))) {
        read_singly(read_);
    }
    for (auto& call : read_) {
        call.frame = call.frame.first(call.result > 0 ? static_cast<std::size_t>(call.result) : 0);
    }
    return read_;
}

void FrameIo::give(int tap, VirtioFrame frame) {
    assert(!is_full());
    given_.push_back({tap, frame});
}

std::span<const FrameCall> FrameIo::write() {
    std::swap(given_, written_);
    given_.clear();
    if (!ring_ || written_.size() == 1 || !in_ring(ring_->write(written_))) {
        write_singly(written_);
    }
    return written_;
}

} // namespace netlab
