#include "packet/probe_pace.h"

#include <algorithm>

namespace netlab {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t header_bytes = 14;

/// The longest that a frame is expected under way, beside what it waits for the line.
Duration farthest(const Impairment& asked) {
    return asked.delay + 5 * asked.jitter;
}

} // namespace

double mean_loss(const Loss& loss) {
    if (!loss.bursts) {
        return loss.random.fraction();
    }
    const double p = loss.bursts->p.fraction();
    const double r = loss.bursts->r.fraction();
    return p + r == 0 ? 0 : p / (p + r);
}

ProbePace probe_pace(const Impairment& asked, Duration time) {
    constexpr Duration shortest = microseconds{500};
    constexpr std::int64_t most_probes = 1'000'000;
    ProbePace pace{std::max(shortest, time / most_probes), milliseconds{500} + farthest(asked)};
    if (asked.rate) {
        // On a link with a rate no frame passes the one before it: jitter would pile them up.
        const auto line = asked.rate->time_of(probe_bytes);
        pace.between = std::max({pace.between, 4 * line, 4 * asked.jitter});
        pace.patience += 2 * line;
    }
    return pace;
}

FloodPace flood_pace(const Impairment& asked, std::uint32_t mtu, Duration time) {
    constexpr double over = 1.25; // the rate; less could not tell a link that is too fast
    constexpr double enough_frames = 50;
    constexpr std::uint64_t window = 500;
    FloodPace pace;
    pace.time = time;
    pace.bytes = std::max<std::size_t>(mtu + header_bytes, probe_bytes);
    pace.patience = farthest(asked) + milliseconds{250} + time / 2;
    pace.quiet = farthest(asked) + milliseconds{150};
    if (!asked.rate) {
        const bool few = asked.queue && asked.queue->unit == QueueLimit::Unit::packets;
        pace.window = few ? std::clamp<std::uint64_t>(asked.queue->count / 2, 1, window) : window;
        return pace;
    }
    const auto bits = static_cast<double>(asked.rate->bits_per_second());
    const double fitting = bits / 8 * std::chrono::duration<double>(time).count() / enough_frames;
    pace.bytes = static_cast<std::size_t>(
        std::clamp(fitting, double{probe_bytes}, static_cast<double>(pace.bytes)));
    // What the link loses before its line does not fill it.
    const double offered = bits * over / std::max(1 - mean_loss(asked.loss), 0.1);
    const double seconds = static_cast<double>(pace.bytes) * 8 / offered;
    pace.between = std::max(Duration{static_cast<Duration::rep>(seconds * 1e9)}, Duration{1});
    pace.line = asked.rate->time_of(pace.bytes);
    pace.quiet += 4 * pace.line;
    return pace;
}

} // namespace netlab
