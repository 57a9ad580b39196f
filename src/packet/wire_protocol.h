#pragma once

#include "base/impairment.h"
#include "packet/wire_process.h"
#include "sys/unique_fd.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

// What a WireProcess and its caller say to each other over a SOCK_SEQPACKET: structures, since both
// are the same program; one request and its answer at a time. TAPs and traces go as descriptors.

struct WireRequest {
    enum class Kind : std::uint32_t { connect, shape, disconnect, counters } kind{};
    std::uint32_t number = 0; ///< its answer has it too
    WireId wire = 0;
    BothWays<Impairment> entering{}; ///< with `connect` and `shape`
};

struct WireReply {
    std::uint32_t number = 0; ///< 0: the process is ready
    std::int32_t error = 0;   ///< an errno, or 0
    std::array<char, 200> attempt{};
    BothWays<WireCounters> counters{};
};

/// With `connect` there are two TAPs. Throws std::system_error.
void send_request(const UniqueFd& socket, const WireRequest& request,
                  const std::vector<int>& taps = {});

struct ReceivedRequest {
    WireRequest request;
    std::vector<UniqueFd> taps;
    std::int32_t error = 0; ///< EBADMSG: not to be carried out
};
/// Does not wait; nullopt when the other side is gone. Throws std::system_error.
std::optional<ReceivedRequest> receive_request(const UniqueFd& socket);

/// A descriptor that holds the trace's numbers. Throws std::system_error.
UniqueFd pack_trace(const Trace& trace);
/// nullopt if it holds no trace. Throws std::system_error.
std::optional<Trace> unpack_trace(const UniqueFd& packed);

} // namespace netlab
