#include "packet/wires.h"

#include "packet/tap_offload.h"
#include "sys/check.h"

#include <algorithm>
#include <array>

#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace netlab {

namespace {

Offload offload_for(const Impairment& impairment) {
    return passes_segments(impairment) ? Offload::segments : Offload::checksums;
}

std::uint64_t chance_seed() {
    std::uint64_t seed = 0;
    check(::getrandom(&seed, sizeof seed, 0), "draw a seed");
    return seed;
}

/// What was sent while no wire was there is lost, as with a cable that is not plugged in.
void discard_queued(const UniqueFd& tap) {
    constexpr int most = 10'000; // more than a TAP's queue: a sender may go on meanwhile
    std::array<std::byte, 64> beginning{};
    for (int i = 0; i<most&& ::read(tap.get(), beginning.data(), beginning.size())> 0; ++i) {
    }
}

} // namespace

Wires::Wires(const UniqueFd& control, FrameCalls calls)
    : epoll_(check(::epoll_create1(EPOLL_CLOEXEC), "make an epoll instance")),
      timer_(check(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "make a timer")),
      // Edge-triggered, so that nobody has to read it.
      timer_watch_(epoll_, timer_, EPOLLIN | EPOLLET, &timer_),
      control_watch_(epoll_, control, EPOLLIN, nullptr), io_(calls) {}

Wires::Wire& Wires::find(WireId id) {
    const auto found = wires_.find(id);
    if (found == wires_.end()) {
        throw_errno(ENOENT, "find the wire");
    }
    return *found->second;
}

void Wires::connect(WireId id, UniqueFd a, UniqueFd b, const BothWays<Impairment>& entering) {
    if (wires_.contains(id)) {
        throw_errno(EEXIST, "connect a wire twice");
    }
    const Instant now = Instant::clock::now();
    auto wire = std::make_unique<Wire>(
        Wire{{std::move(a), std::move(b)},
             {Way{.direction = Direction{now, 0}}, Way{.direction = Direction{now, 1}}}});
    for (std::size_t i = 0; i < 2; ++i) {
        auto& way = wire->ways[i];
        way.from = wire->ends[i].get();
        way.to = wire->ends[1 - i].get();
        way.direction.shape(entering[i], chance_seed(), now);
        set_offload(wire->ends[i], offload_for(entering[i]));
        discard_queued(wire->ends[i]);
    }
    for (std::size_t i = 0; i < 2; ++i) {
        wire->ways[i].watch = EpollWatch{epoll_, wire->ends[i], EPOLLIN, &wire->ways[i]};
    }
    wires_.emplace(id, std::move(wire));
}

void Wires::shape(WireId id, const BothWays<Impairment>& entering) {
    auto& wire = find(id);
    const BothWays<std::uint64_t> seeds{chance_seed(), chance_seed()};
    set_offload(wire.ends[0], offload_for(entering[0]));
    try {
        set_offload(wire.ends[1], offload_for(entering[1]));
    } catch (const std::system_error&) {
        set_offload(wire.ends[0], offload_for(wire.ways[0].direction.impairment()));
        throw;
    }
    for (std::size_t i = 0; i < 2; ++i) {
        // Where nothing changes a seed's series goes on, and so does a burst of loss.
        if (wire.ways[i].direction.impairment() != entering[i]) {
            shape(wire.ways[i], entering[i], seeds[i]);
        }
    }
}

/// A frame that waits for a slow line goes over the faster one that is put in its place: nobody
/// would wait a quarter of an hour for what was sent at 1 kbit.
void Wires::shape(Way& way, const Impairment& impairment, std::uint64_t seed) {
    const auto moved = way.direction.shape(impairment, seed, Instant::clock::now());
    if (moved.empty()) {
        return;
    }
    under_way_.retime(way, [&](UnderWay<Way>::Frame& frame) {
        const auto found =
            std::ranges::lower_bound(moved, frame.departure, {}, &Bottleneck::Moved::from);
        if (found != moved.end() && found->from == frame.departure) {
            frame.due += found->to - found->from;
            frame.departure = found->to;
        }
    });
}

void Wires::disconnect(WireId id) {
    for (auto& way : find(id).ways) {
        under_way_.forget(way);
        bytes_under_way_ -= way.bytes_under_way;
    }
    wires_.erase(id);
}

BothWays<WireCounters> Wires::counters(WireId id) {
    const auto& ways = find(id).ways;
    return {ways[0].counters, ways[1].counters};
}

} // namespace netlab
