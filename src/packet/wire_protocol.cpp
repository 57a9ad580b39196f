#include "packet/wire_protocol.h"

#include "sys/check.h"
#include "sys/pass_descriptor.h"

#include <cerrno>
#include <type_traits>

#include <sys/socket.h>

namespace netlab {

namespace {

constexpr std::size_t most_descriptors = 4; ///< two TAPs, two traces

/// An Impairment whose trace, if it has one, is the descriptor `trace`, counted from 1.
struct FlatImpairment {
    std::int64_t delay = 0;
    std::int64_t jitter = 0;
    std::uint64_t rate = 0;  ///< 0: none
    std::uint64_t queue = 0; ///< 0: none
    std::uint64_t seed = 0;
    std::uint32_t loss = 0;
    std::uint32_t burst_p = 0;
    std::uint32_t burst_r = 0; ///< 0: no bursts
    std::uint32_t duplicate = 0;
    std::uint32_t corrupt = 0;
    std::uint32_t reorder = 0;
    std::uint32_t correlation = 0;
    std::uint8_t queue_unit = 0;
    std::uint8_t distribution = 0;
    std::uint8_t seeded = 0;
    std::uint8_t trace = 0; ///< 0: none
};

struct FlatRequest {
    WireRequest::Kind kind{};
    std::uint32_t number = 0;
    WireId wire = 0;
    std::uint32_t taps = 0;
    BothWays<FlatImpairment> entering{};
};
static_assert(std::is_trivially_copyable_v<FlatRequest>);

FlatImpairment flat(const Impairment& from) {
    FlatImpairment to;
    to.delay = from.delay.count();
    to.jitter = from.jitter.count();
    to.rate = from.rate ? from.rate->bits_per_second() : 0;
    to.queue = from.queue ? from.queue->count : 0;
    to.queue_unit = from.queue ? static_cast<std::uint8_t>(from.queue->unit) : std::uint8_t{0};
    to.seed = from.seed.value_or(0);
    to.seeded = from.seed ? 1 : 0;
    to.loss = from.loss.random.hundred_millionths();
    if (from.loss.bursts) {
        to.burst_p = from.loss.bursts->p.hundred_millionths();
        to.burst_r = from.loss.bursts->r.hundred_millionths();
    }
    to.duplicate = from.duplicate.hundred_millionths();
    to.corrupt = from.corrupt.hundred_millionths();
    to.reorder = from.reorder.hundred_millionths();
    to.correlation = from.correlation.hundred_millionths();
    to.distribution = static_cast<std::uint8_t>(from.distribution);
    return to;
}

Impairment round(const FlatImpairment& from) {
    Impairment to;
    to.delay = Duration{from.delay};
    to.jitter = Duration{from.jitter};
    if (from.rate != 0) {
        to.rate = Rate{from.rate};
    }
    if (from.queue != 0) {
        to.queue = {static_cast<QueueLimit::Unit>(from.queue_unit), from.queue};
    }
    if (from.seeded != 0) {
        to.seed = from.seed;
    }
    to.loss.random = Percentage{from.loss};
    if (from.burst_r != 0) {
        to.loss.bursts = {Percentage{from.burst_p}, Percentage{from.burst_r}};
    }
    to.duplicate = Percentage{from.duplicate};
    to.corrupt = Percentage{from.corrupt};
    to.reorder = Percentage{from.reorder};
    to.correlation = Percentage{from.correlation};
    to.distribution = static_cast<Distribution>(from.distribution);
    return to;
}

/// The impairments of a request, with their traces from `descriptors`; false if they are not there.
bool unpack(const FlatRequest& flat, const std::vector<UniqueFd>& descriptors,
            WireRequest& request) {
    for (std::size_t i = 0; i < 2; ++i) {
        request.entering[i] = round(flat.entering[i]);
        const std::size_t place = flat.entering[i].trace;
        if (place == 0) {
            continue;
        }
        if (i == 1 && place == flat.entering[0].trace) {
            request.entering[1].trace = request.entering[0].trace;
            continue;
        }
        auto trace =
            place <= descriptors.size() ? unpack_trace(descriptors[place - 1]) : std::nullopt;
        if (!trace) {
            return false;
        }
        request.entering[i].trace = {std::make_shared<const Trace>(std::move(*trace))};
    }
    return true;
}

bool open_request(PassedMessage message, const FlatRequest& flat, ReceivedRequest& out) {
    auto& descriptors = message.descriptors;
    const std::size_t taps = flat.kind == WireRequest::Kind::connect ? 2 : 0;
    if (message.size != sizeof flat || (message.flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
        flat.taps != taps || descriptors.size() < taps || !unpack(flat, descriptors, out.request)) {
        return false;
    }
    descriptors.resize(taps);
    out.taps = std::move(descriptors);
    return true;
}

} // namespace

void send_request(const UniqueFd& socket, const WireRequest& request,
                  const std::vector<int>& taps) {
    FlatRequest content{request.kind,
                        request.number,
                        request.wire,
                        static_cast<std::uint32_t>(taps.size()),
                        {flat(request.entering[0]), flat(request.entering[1])}};
    auto descriptors = taps;
    BothWays<UniqueFd> traces;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& trace = request.entering[i].trace;
        if (trace && i == 1 && trace == request.entering[0].trace) {
            content.entering[1].trace = content.entering[0].trace;
        } else if (trace) {
            traces[i] = pack_trace(*trace.trace);
            descriptors.push_back(traces[i].get());
            content.entering[i].trace = static_cast<std::uint8_t>(descriptors.size());
        }
    }
    const iovec bytes{&content, sizeof content};
    check(send_with_descriptors(socket.get(), {&bytes, 1}, descriptors, MSG_DONTWAIT),
          "ask the process of the wires");
}

std::optional<ReceivedRequest> receive_request(const UniqueFd& socket) {
    FlatRequest flat{};
    auto message =
        receive_with_descriptors(socket.get(), {reinterpret_cast<char*>(&flat), sizeof flat},
                                 most_descriptors, MSG_DONTWAIT);
    if (message.size == 0 || (message.size < 0 && errno == ECONNRESET)) {
        return std::nullopt;
    }
    check(message.size, "hear what the wires are asked for");
    ReceivedRequest received{{flat.kind, flat.number, flat.wire, {}}, {}, 0};
    if (!open_request(std::move(message), flat, received)) {
        received.error = EBADMSG;
    }
    return received;
}

} // namespace netlab
