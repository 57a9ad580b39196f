#include "packet/wire_protocol.h"

#include "sys/check.h"

#include <cerrno>
#include <cstring>
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

/// One message with room for the descriptors beside it. Not to be moved: it points into itself.
struct Envelope {
    explicit Envelope(FlatRequest& request) : content{&request, sizeof request} {
        message.msg_iov = &content;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }
    Envelope(const Envelope&) = delete;
    Envelope& operator=(const Envelope&) = delete;

    iovec content;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
    msghdr message{};
};

void enclose(Envelope& envelope, const std::vector<int>& descriptors) {
    envelope.message.msg_controllen = 0;
    if (descriptors.empty()) {
        return;
    }
    const std::size_t size = descriptors.size() * sizeof(int);
    envelope.message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* header = CMSG_FIRSTHDR(&envelope.message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(header), descriptors.data(), size);
}

std::vector<UniqueFd> enclosed_in(const Envelope& envelope) {
    std::vector<UniqueFd> out;
    const cmsghdr* header = CMSG_FIRSTHDR(&envelope.message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
        return out;
    }
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::array<int, most_descriptors> descriptors{};
    std::memcpy(descriptors.data(), CMSG_DATA(header), count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i) {
        out.emplace_back(descriptors.at(i));
    }
    return out;
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

bool open_request(const Envelope& envelope, std::size_t size, const FlatRequest& flat,
                  ReceivedRequest& out) {
    auto descriptors = enclosed_in(envelope);
    const std::size_t taps = flat.kind == WireRequest::Kind::connect ? 2 : 0;
    if (size != sizeof flat || (envelope.message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
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
    Envelope envelope{content};
    enclose(envelope, descriptors);
    check(::sendmsg(socket.get(), &envelope.message, MSG_NOSIGNAL | MSG_DONTWAIT),
          "ask the process of the wires");
}

std::optional<ReceivedRequest> receive_request(const UniqueFd& socket) {
    FlatRequest flat{};
    Envelope envelope{flat};
    const auto size = ::recvmsg(socket.get(), &envelope.message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno == ECONNRESET)) {
        return std::nullopt;
    }
    check(size, "hear what the wires are asked for");
    ReceivedRequest received{{flat.kind, flat.number, flat.wire, {}}, {}, 0};
    if (!open_request(envelope, static_cast<std::size_t>(size), flat, received)) {
        received.error = EBADMSG;
    }
    return received;
}

} // namespace netlab
