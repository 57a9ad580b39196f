#include "packet/ping.h"

#include "packet/probe_clock.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

#include <fmt/format.h>
#include <sys/epoll.h>

namespace netlab {

namespace {

/// Requests under way, of all senders and of one: a raw socket of the usual 212 kB has room for the
/// answers to 256, and some 700 bytes wait for each request in the neighbours' queues.
constexpr std::size_t most_under_way = 512;
constexpr std::size_t most_of_one = 64;

/// After so long a request's place is given to the next one: where many do not answer, the others
/// are not to wait for them. An answer is taken in whenever it comes.
constexpr Duration place_time = std::chrono::milliseconds{20};

/// A turn is over when nothing has come for twice as long as the slowest answer took so far, and
/// for so long at least.
constexpr Duration least_quiet = std::chrono::milliseconds{50};

/// Between two requests to who has said that it does not work: a spanning tree, a route of a daemon
/// may still come.
constexpr Duration pause_time = std::chrono::milliseconds{100};

std::optional<PingSocket> open_socket(Family family) {
    try {
        return PingSocket{family};
    } catch (const std::system_error& error) {
        if (family == Family::ipv6 && error.code().value() == EAFNOSUPPORT) {
            return std::nullopt;
        }
        throw;
    }
}

std::string words_of(int error) {
    switch (error) {
    case ENETUNREACH:
        return "no route";
    case EHOSTUNREACH:
        return "nobody there has this address, or no route leads to it";
    case ENOBUFS:
        return "a queue is full, or the table of neighbours, which is the whole machine's "
               "(net.ipv4.neigh.default.gc_thresh3, net.ipv6.neigh.default.gc_thresh3)";
    case EACCES:
    case EPERM:
        return "a firewall forbids it";
    case EAFNOSUPPORT:
        return "the node has no such family";
    default:
        return std::strerror(error);
    }
}

std::string words_of(const EchoReturn& refusal) {
    const auto what = words_of(refusal.error);
    return refusal.teller ? fmt::format("{} says: {}", to_string(*refusal.teller), what) : what;
}

class Pinging {
public:
    Pinging(std::span<const PingSender> senders, const std::vector<PingRequest>& requests,
            const PingPace& pace)
        : stop_when_crowded_(pace.stop_when_crowded), tries_(pace.tries), senders_(senders),
          requests_(requests), outcomes_(requests.size()), sent_(requests.size() * pace.tries),
          open_(requests.size(), false), of_sender_(senders.size(), 0),
          run_(std::random_device{}() | 1U),
          epoll_(check(::epoll_create1(EPOLL_CLOEXEC), "wait for answers")) {
        for (std::size_t i = 0; i < senders.size(); ++i) {
            watch(i, Family::ipv4);
            watch(i, Family::ipv6);
        }
    }

    /// Asks all that have not answered, once, and waits until each has, or somebody has said why
    /// not.
    void ask_once(Duration patience, const PingTurns& turns) {
        const auto all = unanswered();
        std::fill(open_.begin(), open_.end(), false);
        open_count_ = 0;
        for (std::size_t begin = 0; begin < all.size() && !stopped();) {
            const auto size = std::min(turns.size, all.size() - begin);
            const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
            turns.make_room();
            const auto given_up = open_count_;
            send_all({first, first + static_cast<std::ptrdiff_t>(size)});
            begin += size;
            if (begin < all.size()) {
                end_turn(given_up, patience);
            }
        }
        wait(patience, [&] { return open_count_ == 0; });
        under_way_.clear();
        std::fill(of_sender_.begin(), of_sender_.end(), 0);
    }

    /// Takes in what comes for `patience`, or until nobody is left to answer.
    void wait(Duration patience) {
        wait(patience, [] { return false; });
    }

    /// Whether the kernel's room is used up, and that is a reason to stop.
    bool stopped() const { return stop_when_crowded_ && crowded_; }

    bool done() const { return answered_ == requests_.size(); }

    std::vector<PingOutcome> take_outcomes() {
        for (auto& outcome : outcomes_) {
            if (outcome.time) {
                outcome.trouble.clear();
            } else if (outcome.trouble.empty()) {
                outcome.trouble = "no answer";
            }
        }
        return std::move(outcomes_);
    }

private:
    template <class Enough>
    void wait(Duration patience, Enough enough) {
        const auto deadline = probe_time() + patience;
        for (auto now = probe_time(); now < deadline && !done() && !stopped() && !enough();
             now = probe_time()) {
            take_in(deadline - now);
        }
    }

    void send_all(std::vector<std::size_t> waiting) {
        while (!waiting.empty() && !stopped()) {
            send_some(waiting);
            take_in(waiting.empty() ? Duration{} : std::chrono::milliseconds{1});
        }
    }

    /// Waits until all of this turn have answered, or the others hardly will. Their answers count
    /// later, too.
    void end_turn(std::size_t given_up, Duration patience) {
        const auto quiet =
            turn_ended_ ? std::min(std::max(2 * slowest_, least_quiet), patience) : patience;
        turn_ended_ = true;
        auto last = probe_time();
        const auto deadline = last + patience;
        for (auto now = last; open_count_ > given_up && now < std::min(last + quiet, deadline);
             now = probe_time()) {
            const auto open = open_count_;
            take_in(std::min(last + quiet, deadline) - now);
            last = open_count_ < open ? probe_time() : last;
        }
    }

    struct UnderWay {
        std::size_t request;
        Duration until;
    };

    void watch(std::size_t sender, Family family) {
        const auto& socket = senders_[sender].socket(family);
        if (!socket) {
            return;
        }
        epoll_event event{};
        event.events = EPOLLIN; // errors are told unasked
        event.data.u64 = sender * 2 + (family == Family::ipv6 ? 1 : 0);
        check(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket->fd(), &event), "wait for answers");
    }

    std::vector<std::size_t> unanswered() const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < requests_.size(); ++i) {
            if (!outcomes_[i].time) {
                found.push_back(i);
            }
        }
        return found;
    }

    /// Gives back the places of requests that have had them long enough, or are answered.
    void free_places() {
        const auto now = probe_time();
        std::erase_if(under_way_, [&](const UnderWay& one) {
            const bool gone = outcomes_[one.request].time || now >= one.until;
            of_sender_[requests_[one.request].sender] -= gone ? 1 : 0;
            return gone;
        });
    }

    /// Takes out of `waiting` what it could send: in order, as far as there are places, past those
    /// whose sender has no room at the moment.
    void send_some(std::vector<std::size_t>& waiting) {
        free_places();
        std::vector<bool> stuck(senders_.size(), false);
        auto kept = waiting.begin();
        auto next = waiting.begin();
        for (; next != waiting.end() && under_way_.size() < most_under_way && !stopped(); ++next) {
            const auto sender = requests_[*next].sender;
            if (stuck[sender] || of_sender_[sender] >= most_of_one || !send(*next)) {
                stuck[sender] = true;
                *kept++ = *next;
            }
        }
        waiting.erase(kept, next);
    }

    /// False if it is to be tried again in a moment.
    bool send(std::size_t number) {
        const auto& request = requests_[number];
        auto& outcome = outcomes_[number];
        const auto& socket = senders_[request.sender].socket(request.to.family);
        const auto now = probe_time();
        const int error =
            socket ? socket->send(request.to, {run_, static_cast<std::uint32_t>(number), now})
                   : EAFNOSUPPORT;
        if (error == EAGAIN) {
            return false;
        }
        sent_[number * tries_ + outcome.tries] = now;
        ++outcome.tries;
        // Of IPv6 the kernel says EINVAL where it has no room for a neighbour (ip6_finish_output2
        // in its net/ipv6/ip6_output.c).
        const bool ipv6 = request.to.family == Family::ipv6;
        outcome.crowded = error == ENOBUFS || (ipv6 && error == EINVAL);
        crowded_ = crowded_ || outcome.crowded;
        if (outcome.crowded) {
            outcome.trouble = words_of(ENOBUFS);
            return true;
        }
        if (error != 0) {
            outcome.trouble = words_of(error);
            return true;
        }
        open_[number] = true;
        ++open_count_;
        under_way_.push_back({number, now + place_time});
        ++of_sender_[request.sender];
        return true;
    }

    /// Waits for something, for `patience` at most, and takes in all that has come.
    void take_in(Duration patience) {
        std::array<epoll_event, 64> events{};
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
        const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(),
                                       static_cast<int>(milliseconds));
        for (int i = 0; i < count; ++i) {
            const auto which = events.at(static_cast<std::size_t>(i)).data.u64;
            const auto family = which % 2 == 0 ? Family::ipv4 : Family::ipv6;
            senders_[which / 2].socket(family)->receive(
                [&](const EchoReturn& returned) { take(which / 2, returned); });
        }
    }

    /// The root of a node that is asked can send whatever it likes: it is to say nothing of others,
    /// and the time is that of a request.
    bool belongs(std::size_t sender, const EchoReturn& returned) const {
        const auto number = returned.mark.number;
        if (returned.mark.run != run_ || number >= requests_.size() ||
            requests_[number].sender != sender ||
            (returned.error == 0 && returned.teller != requests_[number].to)) {
            return false;
        }
        const auto first =
            sent_.begin() + static_cast<std::ptrdiff_t>(std::size_t{number} * tries_);
        const auto end = first + static_cast<std::ptrdiff_t>(outcomes_[number].tries);
        return std::find(first, end, returned.mark.sent) != end;
    }

    void take(std::size_t sender, const EchoReturn& returned) {
        const auto number = returned.mark.number;
        if (!belongs(sender, returned) || outcomes_[number].time) {
            return;
        }
        open_count_ -= open_[number] ? 1 : 0;
        open_[number] = false;
        if (returned.error != 0) {
            outcomes_[number].trouble = words_of(returned);
            return;
        }
        outcomes_[number].time = std::max(probe_time() - returned.mark.sent, Duration{1});
        slowest_ = std::max(slowest_, *outcomes_[number].time);
        ++answered_;
    }

    bool stop_when_crowded_;
    bool crowded_ = false;
    unsigned tries_;
    std::span<const PingSender> senders_;
    const std::vector<PingRequest>& requests_;
    std::vector<PingOutcome> outcomes_;
    std::vector<Duration> sent_; ///< when: `tries_` for each request
    std::vector<UnderWay> under_way_;
    std::vector<bool> open_;             ///< asked this time, and nobody has said anything yet
    std::vector<std::size_t> of_sender_; ///< under way
    std::uint32_t run_;
    UniqueFd epoll_;
    std::size_t open_count_ = 0;
    std::size_t answered_ = 0;
    Duration slowest_{};
    bool turn_ended_ = false; ///< so that `slowest_` says something
};

} // namespace

PingSender::PingSender() : ipv4_(open_socket(Family::ipv4)), ipv6_(open_socket(Family::ipv6)) {}

std::vector<PingOutcome> ping(std::span<const PingSender> senders,
                              const std::vector<PingRequest>& requests, const PingPace& pace,
                              const PingTurns& turns) {
    Pinging pinging{senders, requests, pace};
    for (unsigned i = 0; i < pace.tries && !pinging.done() && !pinging.stopped(); ++i) {
        if (i != 0) {
            pinging.wait(pause_time);
        }
        pinging.ask_once(pace.patience, turns);
    }
    return pinging.take_outcomes();
}

} // namespace netlab
