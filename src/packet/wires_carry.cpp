#include "packet/virtio_frame.h"
#include "packet/wires.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <tuple>

#include <malloc.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace netlab {

namespace {

/// What one direction may hold back, and all together: 1 gbit for a second, and four such.
constexpr std::size_t most_of_a_way = 128U << 20;
constexpr std::size_t most_of_all = 512U << 20;
/// What a frame costs beside its bytes: a place in the heap, and malloc's own.
constexpr std::size_t cost_of_a_frame = 64;
/// Frames from one TAP before the next has its turn, in number and, as far as can be guessed, in
/// bytes: more than the processor's nearest caches hold would have to be fetched twice.
constexpr std::size_t fair_share = 32;
constexpr std::size_t fair_share_of_bytes = 128U << 10;
/// A burst of more than this is worth giving its memory back, when it has passed for a while.
constexpr std::size_t worth_giving_back = 4U << 20;
constexpr int a_while = 1000; ///< ms

std::size_t cost_of(VirtioFrame frame) {
    return frame.size() + cost_of_a_frame;
}

/// As many as there were and one more, to learn that there are more: it costs less to ask for one
/// frame that is not there than for all again.
std::size_t next_burst(std::size_t frames, std::size_t bytes, std::size_t burst) {
    if (frames == 0) {
        return 1;
    }
    const std::size_t wanted = frames == burst ? 2 * burst : frames + 1;
    return std::clamp(fair_share_of_bytes * frames / bytes, std::size_t{1},
                      std::min(wanted, fair_share));
}

} // namespace

bool Wires::carry_on() {
    std::array<epoll_event, 64> room{};
    const auto events = wait_for_events(room);
    ready_.clear();
    for (const auto& event : events) {
        if (event.data.ptr != nullptr && event.data.ptr != &timer_) {
            ready_.push_back(static_cast<Way*>(event.data.ptr));
        }
    }
    take_in(ready_);
    return forget_lost(events);
}

/// After frames there often are more: then the timer, which is dear, need not be set.
std::span<epoll_event> Wires::wait_for_events(std::span<epoll_event> room) {
    const auto wait = [&](int timeout) {
        const int size = static_cast<int>(room.size());
        const int count = ::epoll_wait(epoll_.get(), room.data(), size, timeout);
        if (count < 0 && errno != EINTR) {
            throw_errno(errno, "wait for frames");
        }
        return static_cast<std::size_t>(std::max(count, 0));
    };
    const bool awake = is_almost_due();
    std::size_t count = ready_.empty() && !awake ? 0 : wait(0);
    if (count == 0 && !awake) {
        set_timer();
        const bool idle = has_rest_to_take();
        count = wait(idle ? a_while : -1);
        if (count == 0 && idle) {
            rest();
        }
        if (rang(room.first(count))) {
            wake_.was_late(Instant::clock::now() - timer_rings_);
        }
    } else {
        std::ignore = rang(room.first(count));
    }
    return room.first(count);
}

bool Wires::is_almost_due() {
    const auto due = under_way_.earliest();
    if (!due && !wake_.is_awake()) {
        return false; // without looking at the clock
    }
    return wake_.stays_awake(due.value_or(Instant::max()), Instant::clock::now());
}

/// Whether the timer is among the events. It is to be set again then: it may have rung too early.
bool Wires::rang(std::span<const epoll_event> events) {
    const auto is_timer = [&](const epoll_event& event) { return event.data.ptr == &timer_; };
    if (std::ranges::none_of(events, is_timer)) {
        return false;
    }
    timer_set_for_ = {};
    return true;
}

/// Returns whether `control` is among the events.
bool Wires::forget_lost(std::span<const epoll_event> events) {
    bool control = false;
    for (const auto& event : events) {
        if (event.data.ptr == nullptr) {
            control = true;
        } else if (event.data.ptr != &timer_ && (event.events & EPOLLERR) != 0) {
            // The interface is gone, and would be reported for ever.
            static_cast<Way*>(event.data.ptr)->watch.reset();
        }
    }
    return control;
}

void Wires::take_in(std::span<Way* const> ways) {
    do {
        std::size_t count = 0;
        for (; count < ways.size() && ways[count]->burst <= io_.room(); ++count) {
            io_.ask(ways[count]->from, ways[count]->burst);
        }
        auto calls = io_.read();
        const Instant now = Instant::clock::now();
        for (Way* way : ways.first(count)) {
            const std::size_t burst = way->burst;
            take_in(*way, calls.first(burst), now);
            calls = calls.subspan(burst);
        }
        write_given();
        deliver_due();
        ways = ways.subspan(count);
    } while (!ways.empty());
}

void Wires::take_in(Way& way, std::span<const FrameCall> calls, Instant now) {
    std::size_t frames = 0;
    std::size_t bytes = 0;
    for (const auto& call : calls) {
        if (call.frame.size() > virtio_header_size) {
            ++frames;
            bytes += call.frame.size();
            take_in(way, now, call.frame);
        }
    }
    way.burst = next_burst(frames, bytes, calls.size());
}

void Wires::take_in(Way& way, Instant now, VirtioFrame frame) {
    const auto passage = way.direction.enter(now, frame.size() - virtio_header_size);
    switch (passage.fate) {
    case Passage::Fate::dropped:
        ++way.counters.dropped;
        return;
    case Passage::Fate::lost:
        ++way.counters.lost;
        return;
    case Passage::Fate::arrives:
        break;
    }
    if (passage.duplicated) {
        send_on(way, passage, now, frame);
        write_given(); // before it is harmed
    }
    if (passage.corrupted) {
        corrupt(frame, *passage.corrupted);
    }
    send_on(way, passage, now, frame);
}

void Wires::send_on(Way& way, const Passage& passage, Instant now, VirtioFrame frame) {
    // At once, but not past one that is due and not delivered yet.
    if (passage.arrival <= now && way.counters.waiting == 0) {
        deliver(way, frame);
        return;
    }
    const std::size_t cost = cost_of(frame);
    if (way.bytes_under_way + cost > most_of_a_way || bytes_under_way_ + cost > most_of_all) {
        ++way.counters.dropped;
        return;
    }
    under_way_.add(passage.arrival, passage.departure, way, frame);
    ++way.counters.waiting;
    way.bytes_under_way += cost;
    bytes_under_way_ += cost;
    most_bytes_under_way_ = std::max(most_bytes_under_way_, bytes_under_way_);
}

void Wires::deliver(Way& way, VirtioFrame frame) {
    if (io_.is_full()) {
        write_given();
    }
    io_.give(way.to, frame);
    given_.push_back(&way.counters);
}

void Wires::deliver_due() {
    if (!under_way_.earliest()) {
        return;
    }
    const Instant now = Instant::clock::now();
    while (under_way_.earliest() && *under_way_.earliest() <= now) {
        auto frame = under_way_.take();
        Way& way = *frame.owner;
        --way.counters.waiting;
        way.bytes_under_way -= cost_of(frame.view());
        bytes_under_way_ -= cost_of(frame.view());
        deliver(way, frame.view());
        arrived_.push_back(std::move(frame));
    }
    write_given();
}

void Wires::write_given() {
    auto counters = given_.begin();
    for (const auto& call : io_.write()) {
        auto& counted = **counters++;
        // Refused when the far interface is down or gone: as on a cable that nobody listens at.
        if (call.result < 0) {
            ++counted.dropped;
            continue;
        }
        const auto line = on_the_line(call.frame);
        counted.frames += line.frames;
        counted.bytes += line.bytes;
    }
    given_.clear();
    arrived_.clear();
}

void Wires::set_timer() {
    const auto due = under_way_.earliest();
    if (!due || *due == timer_set_for_) {
        return; // one that nobody waits for any more may ring in vain
    }
    timer_rings_ = *due - wake_.lead();
    const auto since_boot = timer_rings_.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
    const itimerspec setting{{}, {seconds.count(), (since_boot - seconds).count()}};
    check(::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &setting, nullptr), "set the timer");
    timer_set_for_ = *due;
}

bool Wires::has_rest_to_take() const {
    return !under_way_.earliest() && most_bytes_under_way_ > worth_giving_back;
}

void Wires::rest() {
    under_way_.shrink();
    ::malloc_trim(0);
    most_bytes_under_way_ = 0;
}

} // namespace netlab
