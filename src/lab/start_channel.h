#pragma once

#include "sys/unique_fd.h"

#include <cstddef>
#include <optional>
#include <string>

namespace netlab {

/// The phases of a start, in order.
enum class Phase : char { spawn, configure, settle, set_up };

/// What a person reads while it goes on: "starting nodes".
const char* describe(Phase phase);

/// What the supervisor tells the command that starts it.
struct StartMessage {
    enum class Kind : char { progress, ready, failed, way_out } kind = Kind::progress;
    Phase phase = Phase::spawn;
    std::size_t done = 0; ///< of a way out: the node that asks for one
    std::size_t total = 0;
    std::string text;   ///< of a failure: ready to be shown
    std::string hint{}; ///< of a failure that the user can mend; else empty

    bool operator==(const StartMessage&) const = default;
};

/// The conversation between `up` and the supervisor while a lab starts (a pair of SOCK_SEQPACKET
/// sockets).
struct StartChannel {
    UniqueFd command;
    UniqueFd supervisor;

    /// Throws std::system_error.
    static StartChannel open();
};

/// Tells the supervisor to go on. False if it has ended: why is in the messages that it has sent.
/// Throws std::system_error.
bool send_go(const UniqueFd& channel);
/// Waits for that; false if the other end is gone.
bool wait_for_go(const UniqueFd& channel);

/// False, with errno set, if it cannot be sent. That the command is gone (EPIPE) the supervisor
/// learns in other ways. `descriptor` goes with it: of a node's network namespace, where it asks
/// for a way out.
bool send_message(const UniqueFd& channel, const StartMessage& message, int descriptor = -1);
/// The next message, or nullopt when the supervisor is gone. A descriptor that came with it goes
/// into `descriptor`. Throws std::system_error.
std::optional<StartMessage> receive_message(const UniqueFd& channel, UniqueFd& descriptor);

/// What the command answers to a message that asks for something, and a descriptor. False if the
/// supervisor has ended. Throws std::system_error.
bool send_answer(const UniqueFd& channel, const std::string& text, int descriptor);
/// Waits for that; nullopt if the command is gone. A descriptor that came with it goes into
/// `descriptor`.
std::optional<std::string> receive_answer(const UniqueFd& channel, UniqueFd& descriptor);

} // namespace netlab
