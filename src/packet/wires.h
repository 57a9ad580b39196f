#pragma once

#include "packet/direction.h"
#include "packet/epoll_watch.h"
#include "packet/frame_io.h"
#include "packet/under_way.h"
#include "packet/wake_lead.h"
#include "packet/wire_process.h"

#include <map>
#include <memory>
#include <span>
#include <vector>

#include <sys/epoll.h>

namespace netlab {

/// All wires of a lab and the frames on them. One timer for all: it is set for the frame that is
/// due next.
class Wires {
public:
    /// `control` is watched with the wires. Throws std::system_error.
    Wires(const UniqueFd& control, FrameCalls calls);

    /// As WireProcess has them. Refused, they change nothing. Throw std::system_error: EEXIST,
    /// ENOENT, or what the kernel says.
    void connect(WireId id, UniqueFd a, UniqueFd b, const BothWays<Impairment>& entering);
    void shape(WireId id, const BothWays<Impairment>& entering);
    void disconnect(WireId id);
    BothWays<WireCounters> counters(WireId id);

    /// Waits until there is something to do and does a fair share of it. Returns whether `control`
    /// has something to say. Throws std::system_error.
    bool carry_on();

private:
    struct Way {
        int from = -1;
        int to = -1;
        Direction direction;
        WireCounters counters{};
        std::size_t bytes_under_way = 0;
        std::size_t burst = 1; ///< frames to ask for next time
        EpollWatch watch{};
    };
    struct Wire {
        BothWays<UniqueFd> ends;
        BothWays<Way> ways;
    };

    Wire& find(WireId id);
    std::span<epoll_event> wait_for_events(std::span<epoll_event> room);
    bool is_almost_due();
    bool rang(std::span<const epoll_event> events);
    bool forget_lost(std::span<const epoll_event> events);
    void take_in(std::span<Way* const> ways);
    void take_in(Way& way, std::span<const FrameCall> calls, Instant now);
    void take_in(Way& way, Instant now, VirtioFrame frame);
    void shape(Way& way, const Impairment& impairment, std::uint64_t seed);
    void send_on(Way& way, const Passage& passage, Instant now, VirtioFrame frame);
    void deliver(Way& way, VirtioFrame frame);
    void deliver_due();
    void write_given();
    void set_timer();
    bool has_rest_to_take() const;
    void rest();

    UniqueFd epoll_;
    UniqueFd timer_;
    EpollWatch timer_watch_;
    EpollWatch control_watch_;
    std::map<WireId, std::unique_ptr<Wire>> wires_; ///< each stays where it is: epoll knows it
    UnderWay<Way> under_way_;
    std::size_t bytes_under_way_ = 0;
    std::size_t most_bytes_under_way_ = 0; ///< since the last rest
    Instant timer_set_for_{};
    Instant timer_rings_{};
    WakeLead wake_;
    FrameIo io_;
    std::vector<Way*> ready_;                   ///< to be read from
    std::vector<WireCounters*> given_;          ///< whose the frames are that io_ was given
    std::vector<UnderWay<Way>::Frame> arrived_; ///< kept until they are written
};

} // namespace netlab
