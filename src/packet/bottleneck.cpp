#include "packet/bottleneck.h"

#include <algorithm>
#include <cmath>

namespace netlab {

namespace {

constexpr std::size_t ethernet_header = 14;

} // namespace

std::vector<Bottleneck::Moved> Bottleneck::shape(const Impairment& impairment, Instant now) {
    const auto old = rate_;
    limit_ = impairment.queue.value_or(default_queue);
    if (impairment.rate == rate_ &&
        (trace_ ? trace_->trace() == impairment.trace : !impairment.trace)) {
        return {};
    }
    rate_ = impairment.rate;
    trace_.reset();
    if (impairment.trace) {
        trace_.emplace(impairment.trace, connected_);
    }
    let_go(now);
    const Instant sending = waiting_.empty() ? free_ : waiting_.front().start;
    if (sending <= now) {
        free_ = {};
        return {};
    }
    free_ = end_of_sending(now, old);
    std::vector<Moved> moved;
    if (old) {
        moved.push_back({sending, free_});
    }
    for (auto& frame : waiting_) {
        const auto carried = carry(free_, frame.length);
        moved.push_back({frame.end, carried.last});
        frame.start = carried.first;
        frame.end = carried.last;
        free_ = carried.last;
    }
    let_go(now);
    return moved;
}

/// When the line has sent the rest of what it has begun; a trace begins nothing before its moment.
Instant Bottleneck::end_of_sending(Instant now, std::optional<Rate> old) const {
    const Instant end = waiting_.empty() ? free_ : waiting_.front().start;
    if (!old) {
        return now;
    }
    if (trace_) {
        return end;
    }
    const auto rest = static_cast<double>((end - now).count());
    const auto share = rate_ ? static_cast<double>(old->bits_per_second()) /
                                   static_cast<double>(rate_->bits_per_second())
                             : 0;
    constexpr double longest = 1e17; // three years: a frame of 64 KiB at 100 bit takes 90 minutes
    return now + Duration{std::llround(std::min(rest * share, longest))};
}

void Bottleneck::let_go(Instant now) {
    while (!waiting_.empty() && waiting_.front().start <= now) {
        waiting_bytes_ -= waiting_.front().length;
        waiting_.pop_front();
    }
}

bool Bottleneck::has_room(Instant now, std::size_t length) {
    let_go(now);
    return limit_.unit == QueueLimit::Unit::packets ? waiting_.size() < limit_.count
                                                    : waiting_bytes_ + length <= limit_.count;
}

TraceLine::Carried Bottleneck::carry(Instant ready, std::size_t length) {
    if (trace_) {
        return trace_->carry(ready, length - std::min(length, ethernet_header));
    }
    return {ready, rate_ ? ready + rate_->time_of(length) : ready};
}

std::optional<Instant> Bottleneck::enter(Instant now, std::size_t length) {
    if (!rate_ && !trace_) {
        return now;
    }
    // The first bits go onto a free line at once; a trace makes even them wait for their moment.
    const bool must_wait = trace_ || free_ > now;
    if (!has_room(now, length) && must_wait) {
        return std::nullopt;
    }
    const auto carried = carry(std::max(now, free_), length);
    if (carried.first > now) {
        waiting_.push_back({carried.first, carried.last, length});
        waiting_bytes_ += length;
    }
    free_ = carried.last;
    return free_;
}

} // namespace netlab
