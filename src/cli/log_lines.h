#pragma once

#include "node/log_ring.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// A line of a service's log.
struct LogLine {
    std::uint64_t time = 0; ///< when its beginning was read: nanoseconds since 1970
    LogStream stream = LogStream::out;
    std::string text; ///< without the newline
};

/// Puts lines together from the pieces in which a log was written. A line of more than 64 KiB is
/// given out in several. What a service has begun and not ended when a note says that it has ended,
/// say, is a line of its own: the next of the service's processes does not go on with it.
class LogLines {
public:
    /// The lines that these pieces complete, in order.
    std::vector<LogLine> add(const std::vector<LogPiece>& pieces);
    /// What is left without a newline.
    std::vector<LogLine> finish();

private:
    void add(const LogPiece& piece, std::vector<LogLine>& lines);

    std::array<LogLine, 3> begun_; ///< by stream
};

} // namespace netlab
