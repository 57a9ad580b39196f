#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// Where a piece of a log came from.
enum class LogStream : std::uint32_t { out, err, note };

/// What was read from a service at one time: some lines, or a part of one.
struct LogPiece {
    std::uint64_t time = 0; ///< nanoseconds since 1970
    LogStream stream = LogStream::out;
    std::string bytes;
};

/// The beginning of a log's memory. Offsets count all bytes ever written; a byte's place is its
/// offset modulo the capacity.
struct LogHeader {
    std::atomic<std::uint64_t> begin; ///< the oldest record that is whole
    std::atomic<std::uint64_t> end;
    std::atomic<std::uint64_t> recent; ///< a record about a third of the memory before the end
    std::atomic<std::uint64_t> next_recent;
};

/// The last part of what a service printed, in memory that the node's PID 1 writes and others read
/// at the same time without a lock. Old records make room for new ones, so that neither a flood of
/// output nor its reader ever makes the service wait.
class LogWriter {
public:
    /// `memory` is zero or an older writer's; `memory.size()` a multiple of 16.
    LogWriter(LogHeader& header, std::span<std::byte> memory);

    /// Moves what a pipe holds, at most one piece, into the log. Returns what read(2) does; `seen`
    /// becomes a copy of the bytes if not null.
    std::ptrdiff_t take(int pipe, LogStream stream, std::string* seen);
    void append(LogStream stream, std::string_view text);

private:
    std::uint64_t make_room(std::size_t bytes);
    void publish(std::uint64_t at, std::size_t bytes, LogStream stream);
    std::size_t place(std::uint64_t offset) const { return offset % memory_.size(); }

    LogHeader& header_;
    std::span<std::byte> memory_;
};

/// Reads a log from memory that whoever writes it may be at any time, and may have filled with
/// anything: its owner could be hostile.
class LogReader {
public:
    LogReader(const LogHeader& header, std::span<const std::byte> memory)
        : header_{&header}, memory_{memory} {}

    /// The pieces that have come since the last call, in order.
    std::vector<LogPiece> read();
    /// Bytes of the log that were gone before they could be read, headers of pieces among them.
    std::uint64_t lost() const { return lost_; }

private:
    static std::vector<LogPiece> split(std::span<const std::byte> records);

    const LogHeader* header_;
    std::span<const std::byte> memory_;
    std::uint64_t position_ = 0;
    std::uint64_t lost_ = 0;
};

} // namespace netlab
