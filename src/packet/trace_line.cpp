#include "packet/trace_line.h"

#include <algorithm>

namespace netlab {

namespace {

constexpr std::size_t opportunity = 1500; ///< bytes

} // namespace

TraceLine::TraceLine(SharedTrace trace, Instant start)
    : trace_(std::move(trace)), start_(start), left_(opportunity) {}

Instant TraceLine::time() const {
    const auto& times = trace_.trace->milliseconds;
    return start_ + std::chrono::milliseconds{round_ * times.back() + times[index_]};
}

void TraceLine::next() {
    left_ = opportunity;
    if (++index_ == trace_.trace->milliseconds.size()) {
        index_ = 0;
        ++round_;
    }
}

void TraceLine::wait_until(Instant ready) {
    if (time() >= ready) {
        return;
    }
    const auto& times = trace_.trace->milliseconds;
    const Duration length = std::chrono::milliseconds{times.back()};
    // The end of a round belongs to it: the last opportunity is there.
    const Duration passed = ready - start_;
    round_ = (passed - Duration{1}) / length;
    const auto within = std::chrono::ceil<std::chrono::milliseconds>(passed - round_ * length);
    index_ = static_cast<std::size_t>(
        std::ranges::lower_bound(times, static_cast<std::uint32_t>(within.count())) -
        times.begin());
    left_ = opportunity;
}

TraceLine::Carried TraceLine::carry(Instant ready, std::size_t bytes) {
    wait_until(ready);
    Carried carried{time(), {}};
    for (; bytes > left_; next()) {
        bytes -= left_;
    }
    carried.last = time();
    left_ -= bytes;
    if (left_ == 0) {
        next();
    }
    return carried;
}

} // namespace netlab
