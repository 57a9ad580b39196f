#include "packet/virtio_frame.h"
#include "packet/wires.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

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
/// Frames from one TAP before the next has its turn.
constexpr int fair_share = 32;
/// A burst of more than this is worth giving its memory back, when it has passed for a while.
constexpr std::size_t worth_giving_back = 4U << 20;
constexpr int a_while = 1000; ///< ms

std::size_t cost_of(VirtioFrame frame) {
    return frame.size() + cost_of_a_frame;
}

void deliver(int to, VirtioFrame frame, WireCounters& counters) {
    // Refused when the far interface is down or gone: as on a cable that nobody listens at.
    if (::write(to, frame.data(), frame.size()) < 0) {
        ++counters.dropped;
        return;
    }
    const auto line = on_the_line(frame);
    counters.frames += line.frames;
    counters.bytes += line.bytes;
}

} // namespace

bool Wires::carry_on() {
    std::array<epoll_event, 64> events{};
    const bool idle = has_rest_to_take();
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), idle ? a_while : -1);
    if (count < 0 && errno != EINTR) {
        throw_errno(errno, "wait for frames");
    }
    if (count == 0 && idle) {
        rest();
    }
    bool control = false;
    for (const auto& event :
         std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)))) {
        if (event.data.ptr == nullptr) {
            control = true;
        } else if (event.data.ptr != &timer_) {
            auto& way = *static_cast<Way*>(event.data.ptr);
            take_in(way);
            if ((event.events & EPOLLERR) != 0) {
                way.watch.reset(); // the interface is gone, and would be reported for ever
            }
        }
        deliver_due();
    }
    set_timer();
    return control;
}

void Wires::take_in(Way& way) {
    for (int i = 0; i < fair_share; ++i) {
        const auto size = ::read(way.from, buffer_.data(), buffer_.size());
        if (size < 0) {
            return;
        }
        if (static_cast<std::size_t>(size) > virtio_header_size) {
            take_in(way, VirtioFrame{buffer_}.first(static_cast<std::size_t>(size)));
        }
    }
}

void Wires::take_in(Way& way, VirtioFrame frame) {
    const Instant now = Instant::clock::now();
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
        send_on(way, passage.arrival, now, frame);
    }
    if (passage.corrupted) {
        corrupt(frame, *passage.corrupted);
    }
    send_on(way, passage.arrival, now, frame);
}

void Wires::send_on(Way& way, Instant due, Instant now, VirtioFrame frame) {
    // At once, but not past one that is due and not delivered yet.
    if (due <= now && way.counters.waiting == 0) {
        deliver(way.to, frame, way.counters);
        return;
    }
    const std::size_t cost = cost_of(frame);
    if (way.bytes_under_way + cost > most_of_a_way || bytes_under_way_ + cost > most_of_all) {
        ++way.counters.dropped;
        return;
    }
    under_way_.add(due, way, frame);
    ++way.counters.waiting;
    way.bytes_under_way += cost;
    bytes_under_way_ += cost;
    most_bytes_under_way_ = std::max(most_bytes_under_way_, bytes_under_way_);
}

void Wires::deliver_due() {
    if (!under_way_.earliest()) {
        return;
    }
    const Instant now = Instant::clock::now();
    while (under_way_.earliest() && *under_way_.earliest() <= now) {
        const auto frame = under_way_.take();
        Way& way = *frame.owner;
        --way.counters.waiting;
        way.bytes_under_way -= cost_of(frame.view());
        bytes_under_way_ -= cost_of(frame.view());
        deliver(way.to, frame.view(), way.counters);
    }
}

void Wires::set_timer() {
    const auto due = under_way_.earliest();
    if (!due || *due == timer_set_for_) {
        return; // one that nobody waits for any more may ring in vain
    }
    const auto since_boot = due->time_since_epoch();
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
