#include "packet/bottleneck.h"

#include <algorithm>

namespace netlab {

namespace {

constexpr std::size_t ethernet_header = 14;

} // namespace

void Bottleneck::shape(const Impairment& impairment) {
    rate_ = impairment.rate;
    limit_ = impairment.queue.value_or(default_queue);
    if (!impairment.trace) {
        trace_.reset();
    } else if (!trace_ || trace_->trace() != impairment.trace) {
        trace_.emplace(impairment.trace, connected_);
    }
    if (!rate_ && !trace_) {
        free_ = {};
        waiting_.clear();
        waiting_bytes_ = 0;
    }
}

bool Bottleneck::has_room(Instant now, std::size_t length) {
    while (!waiting_.empty() && waiting_.front().start <= now) {
        waiting_bytes_ -= waiting_.front().length;
        waiting_.pop_front();
    }
    return limit_.unit == QueueLimit::Unit::packets ? waiting_.size() < limit_.count
                                                    : waiting_bytes_ + length <= limit_.count;
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
    const Instant ready = std::max(now, free_);
    const auto carried = trace_ ? trace_->carry(ready, length - std::min(length, ethernet_header))
                                : TraceLine::Carried{ready, ready + rate_->time_of(length)};
    if (carried.first > now) {
        waiting_.push_back({carried.first, length});
        waiting_bytes_ += length;
    }
    free_ = carried.last;
    return free_;
}

} // namespace netlab
