#pragma once

#include "packet/instant.h"
#include "packet/virtio_frame.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace netlab {

/// The frames of all wires that have not arrived yet, earliest first; of the same instant in the
/// order in which they came. A binary heap: whatever the mixture of delays, at 300,000 frames a
/// second and 20 ms a frame moves up and down some 13 levels, a tenth of what the read(2) that
/// brought it costs, and one timer serves all.
///
/// `Owner` is the direction of a wire.
template <class Owner>
class UnderWay {
public:
    struct Frame {
        Instant due;
        Instant departure; ///< from the bottleneck
        std::uint64_t number;
        Owner* owner;
        std::uint32_t size;
        std::unique_ptr<std::byte[]> bytes;

        VirtioFrame view() const { return {bytes.get(), size}; }
    };

    void add(Instant due, Instant departure, Owner& owner, VirtioFrame frame) {
        // Not make_unique, which would write zeros first.
        std::unique_ptr<std::byte[]> bytes{new std::byte[frame.size()]};
        std::ranges::copy(frame, bytes.get());
        heap_.push_back({due, departure, next_number_++, &owner,
                         static_cast<std::uint32_t>(frame.size()), std::move(bytes)});
        std::ranges::push_heap(heap_, Later{});
    }

    std::optional<Instant> earliest() const {
        return heap_.empty() ? std::nullopt : std::optional{heap_.front().due};
    }

    /// The earliest, which must be there.
    Frame take() {
        std::ranges::pop_heap(heap_, Later{});
        Frame frame = std::move(heap_.back());
        heap_.pop_back();
        return frame;
    }

    /// Frames of `owner` that leave the bottleneck at another time than was said arrive at another.
    /// `move` changes a frame's times.
    template <class Move>
    void retime(const Owner& owner, const Move& move) {
        for (auto& frame : heap_) {
            if (frame.owner == &owner) {
                move(frame);
            }
        }
        std::ranges::make_heap(heap_, Later{});
    }

    /// Nothing of `owner` is under way any more.
    void forget(const Owner& owner) {
        std::erase_if(heap_, [&](const Frame& frame) { return frame.owner == &owner; });
        std::ranges::make_heap(heap_, Later{});
    }

    /// Gives the memory of a burst that has passed back.
    void shrink() {
        if (heap_.empty()) {
            heap_.shrink_to_fit();
        }
    }

private:
    struct Later { // not a function, which would be called by its address
        bool operator()(const Frame& a, const Frame& b) const {
            return a.due != b.due ? a.due > b.due : a.number > b.number;
        }
    };

    std::vector<Frame> heap_;
    std::uint64_t next_number_ = 0;
};

} // namespace netlab
