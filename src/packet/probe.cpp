#include "packet/probe.h"

#include "packet/probe_clock.h"

#include <algorithm>
#include <vector>

namespace netlab {

namespace {

/// Arrivals kept for each frame sent: a link that duplicates all it carries is still measured, one
/// that never stops does not fill the memory.
constexpr std::size_t most_copies = 4;

/// The probes of one direction, from one end to the other.
class ProbeDirection {
public:
    ProbeDirection(ProbeEnd& from, ProbeEnd& to, std::uint32_t run, const ProbePace& pace)
        : from_(from), to_(to), run_(run), pace_(pace) {}

    /// Starts at `start` and sends until `end`.
    void schedule(Duration start, Duration end) {
        next_ = start;
        end_ = pace_.silent ? start : end;
    }

    void send_due(Duration now) {
        if (now < next_ || now >= end_) {
            return;
        }
        write_probe(frame_, {from_.mac, to_.mac}, {run_, ProbeKind::probe, sent_, probe_time()});
        if (from_.socket.send(frame_)) {
            ++sent_;
            seen_.push_back(false);
            last_sent_ = now;
        }
        next_ = std::max(next_ + pace_.between, now); // what was missed is not made up for in haste
    }

    void receive() {
        to_.socket.receive([&](const ProbeSighting& sighting) {
            const auto read = read_probe(sighting.bytes);
            if (read && read->probe.run == run_ && read->probe.kind == ProbeKind::probe &&
                arrivals_.size() < most_copies * std::size_t{sent_}) {
                const auto sequence = read->probe.sequence;
                arrivals_.push_back({sequence, sighting.time - read->probe.sent, read->damaged});
                if (sequence < sent_ && !seen_[sequence]) {
                    seen_[sequence] = true;
                    ++here_;
                }
            }
        });
    }

    /// When something is to be done next, at the latest: the next frame, or to give up waiting.
    Duration due(Duration now) const {
        return now < end_ ? std::min(next_, end_) : last_sent_ + pace_.patience;
    }

    bool done(Duration now) const {
        return now >= end_ && (here_ == sent_ || now >= last_sent_ + pace_.patience);
    }

    ProbeStatistics statistics() const { return summarise(sent_, arrivals_); }

private:
    ProbeEnd& from_;
    ProbeEnd& to_;
    std::uint32_t run_;
    ProbePace pace_;
    std::array<std::byte, probe_bytes> frame_{};
    std::uint32_t sent_ = 0;
    std::uint32_t here_ = 0; ///< of them
    std::vector<bool> seen_;
    std::vector<ProbeArrival> arrivals_;
    Duration next_{};
    Duration end_{};
    Duration last_sent_{};
};

} // namespace

void ProbeRun::greet() {
    std::array<std::byte, probe_bytes> frame{};
    for (std::size_t from = 0; from < ends_.size(); ++from) {
        write_probe(frame, route(from), {run_, ProbeKind::greeting, 0, probe_time()});
        ends_[from]->socket.send(frame);
    }
}

std::array<ProbeStatistics, 2> ProbeRun::probe(const std::array<ProbePace, 2>& paces,
                                               Duration time) {
    std::array<ProbeDirection, 2> directions{
        {{*ends_[0], *ends_[1], run_, paces[0]}, {*ends_[1], *ends_[0], run_, paces[1]}}};
    auto now = probe_time();
    for (auto& direction : directions) {
        direction.schedule(now, now + time);
    }
    while (!directions[0].done(now) || !directions[1].done(now)) {
        auto due = now + time;
        for (auto& direction : directions) {
            direction.send_due(now);
            direction.receive();
            due = direction.done(now) ? due : std::min(due, direction.due(now));
        }
        now = probe_time();
        if (due > now) {
            wait_for_probes({ends_[0]->socket.fd(), ends_[1]->socket.fd()}, due - now);
            now = probe_time();
        }
    }
    return {directions[0].statistics(), directions[1].statistics()};
}

} // namespace netlab
