#include "packet/probe.h"
#include "packet/probe_clock.h"

#include <algorithm>
#include <vector>

namespace netlab {

namespace {

/// Frames sent before what came is looked at.
constexpr std::uint64_t most_at_once = 32;
/// Sequence numbers told apart; a link of 10 gbit takes ten seconds to use them up.
constexpr std::uint64_t most_frames = std::uint64_t{1} << 23;

double rate_of(std::size_t bytes, std::uint64_t frames, Duration time) {
    return frames < 2 || time <= Duration{}
               ? 0
               : static_cast<double>(bytes) * 8 * static_cast<double>(frames - 1) /
                     std::chrono::duration<double>(time).count();
}

class Flood {
public:
    Flood(ProbeEnd& from, ProbeEnd& to, std::uint32_t run, const FloodPace& pace)
        : from_(from), to_(to), run_(run), pace_(pace), frame_(pace.bytes) {
        to_.socket.missed(); // what other frames missed is not this flood's
    }

    FloodCount run() {
        start_ = probe_time();
        const auto end = start_ + pace_.time;
        for (auto now = start_; now < end; now = probe_time()) {
            send(allowed(now));
            receive(now);
            wait(now, end);
        }
        drain();
        count_.bytes = pace_.bytes;
        const auto missed = to_.socket.missed();
        count_.arrived += missed;
        count_.distinct += missed;
        return count_;
    }

private:
    std::uint64_t allowed(Duration now) const {
        if (count_.sent >= most_frames) {
            return 0;
        }
        if (pace_.window) {
            const auto under_way = count_.sent - std::min(count_.sent, answered_);
            return std::min(*pace_.window - std::min(*pace_.window, under_way), most_at_once);
        }
        const auto due = static_cast<std::uint64_t>((now - start_) / pace_.between) + 1;
        return std::min(due - std::min(due, count_.sent), most_at_once);
    }

    void send(std::uint64_t frames) {
        for (std::uint64_t i = 0; i < frames; ++i) {
            const auto now = probe_time();
            const auto sequence = static_cast<std::uint32_t>(count_.sent);
            write_probe(frame_, {from_.mac, to_.mac}, {run_, ProbeKind::flood, sequence, now});
            if (!from_.socket.send(frame_)) {
                return;
            }
            count_sent(now);
        }
    }

    void count_sent(Duration now) {
        if (count_.sent != 0 && now > busy_until_) {
            count_.idle += now - busy_until_;
        }
        busy_until_ = std::max(busy_until_, now) + pace_.line;
        ++count_.sent;
        seen_.push_back(false);
        count_.sending = now - start_;
    }

    void receive(Duration now) {
        to_.socket.receive([&](const ProbeSighting& sighting) {
            const auto read = read_probe(sighting.bytes);
            if (!read || read->probe.run != run_ || read->probe.kind != ProbeKind::flood) {
                return;
            }
            first_ = count_.arrived == 0 ? sighting.time : first_;
            count_.arriving = std::max(count_.arriving, sighting.time - first_);
            ++count_.arrived;
            ++answered_;
            last_arrival_ = now;
            const auto sequence = read->probe.sequence;
            if (sequence < seen_.size() && !seen_[sequence]) {
                seen_[sequence] = true;
                ++count_.distinct;
            }
        });
        // Frames that were lost must not keep the window closed for ever.
        if (pace_.window && now - last_arrival_ > pace_.patience) {
            answered_ = count_.sent;
            last_arrival_ = now;
        }
    }

    void wait(Duration now, Duration end) const {
        constexpr Duration too_short_to_sleep = std::chrono::microseconds{100};
        if (allowed(now) > 0) {
            return;
        }
        const auto next = pace_.window
                              ? now + std::chrono::milliseconds{10}
                              : start_ + pace_.between * static_cast<std::int64_t>(count_.sent);
        const auto left = std::min(next, end) - probe_time();
        if (left > too_short_to_sleep) {
            wait_for_probes({to_.socket.fd(), -1}, left);
        }
    }

    /// Leaves the link as empty as it was.
    void drain() {
        constexpr Duration look = std::chrono::milliseconds{20};
        auto now = probe_time();
        const auto end = now + pace_.patience;
        last_arrival_ = now;
        while (now < end && now - last_arrival_ < pace_.quiet && count_.distinct < count_.sent) {
            wait_for_probes({to_.socket.fd(), -1}, std::min(end - now, look));
            now = probe_time();
            receive(now);
        }
    }

    ProbeEnd& from_;
    ProbeEnd& to_;
    std::uint32_t run_;
    FloodPace pace_;
    std::vector<std::byte> frame_;
    std::vector<bool> seen_;
    FloodCount count_;
    std::uint64_t answered_ = 0; ///< of the window
    Duration start_{};
    Duration first_{};
    Duration busy_until_{}; ///< a line of the asked rate, with what was sent so far
    Duration last_arrival_{probe_time()};
};

} // namespace

double FloodCount::offered() const {
    return rate_of(bytes, sent, sending);
}

double FloodCount::arrived_rate() const {
    return rate_of(bytes, arrived, arriving);
}

double FloodCount::distinct_rate() const {
    return rate_of(bytes, distinct, arriving);
}

FloodCount ProbeRun::flood(std::size_t from, const FloodPace& pace) {
    return Flood{*ends_[from], *ends_[1 - from], run_, pace}.run();
}

} // namespace netlab
