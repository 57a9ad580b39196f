#pragma once

#include "base/duration.h"
#include "base/impairment.h"
#include "netlink/other_eyes.h"
#include "netlink/read_qdiscs.h"
#include "sys/unique_fd.h"

#include <vector>

namespace netlab::test {

/// A datagram that came through.
struct Arrival {
    int number = 0;
    Duration delay{}; ///< since just before it was sent
    Duration time{};  ///< by the real-time clock
};

/// eth0 in this thread's namespace --- eth0 in another, and datagrams from here to there. Nothing
/// else ever leaves here: no IPv6, and the other end's MAC address is known.
class OneWayLine {
public:
    static constexpr int eth0 = 10; ///< its index on both sides
    static constexpr std::uint32_t mtu = 1500;

    OneWayLine();

    /// Gives what leaves here the properties that `set_property` reads: `{{"delay", "20ms"}}`.
    using Properties = std::vector<std::pair<std::string, std::string>>;
    void shape(const Properties& properties);
    /// Sends frames of `frame_bytes`, numbered from `first`, as fast as the kernel takes them.
    void send(int first, int count, std::size_t frame_bytes = 64);
    /// What has arrived, and goes on arriving until nothing came for `quiet`.
    std::vector<Arrival> receive(Duration quiet = std::chrono::milliseconds{300});
    /// Adds what has arrived by now.
    void take_arrivals(std::vector<Arrival>& arrivals);
    /// Sends `count` small frames and receives them on the way, so that no buffer overflows.
    std::vector<Arrival> exchange(int count);

    /// The options of the root qdisc here, as `tc -json qdisc show` prints them.
    nlohmann::json options() const;
    /// The root qdisc here.
    QdiscState qdisc();
    Socket& socket() { return home_.socket; }
    const Neighbour& far_side() const { return far_side_; }

private:
    Home home_;
    Neighbour far_side_;
    UniqueFd sender_;
    UniqueFd receiver_;
};

/// The impairment that `properties` spell, alone.
Impairment impairment_of(const OneWayLine::Properties& properties);

} // namespace netlab::test
