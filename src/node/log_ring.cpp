#include "node/log_ring.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include <sys/uio.h>

namespace netlab {

namespace {

/// In front of each piece. 16 bytes, and pieces begin at multiples of 16: it never lies across the
/// end of the memory.
struct Record {
    std::uint64_t time;
    std::uint32_t size;
    std::uint32_t stream;
};
constexpr std::size_t alignment = sizeof(Record);

/// No more than this is read at once: what a pipe holds unless it was made larger.
constexpr std::size_t longest_piece = 64UL << 10U;

/// By a reader who finds that all it has copied was written over meanwhile.
constexpr int most_attempts = 20;

std::size_t room_for(std::size_t bytes) {
    return sizeof(Record) + (bytes + alignment - 1) / alignment * alignment;
}

std::uint64_t now() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

} // namespace

LogWriter::LogWriter(LogHeader& header, std::span<std::byte> memory)
    : header_{header}, memory_{memory} {}

std::uint64_t LogWriter::make_room(std::size_t bytes) {
    const auto end = header_.end.load(std::memory_order_relaxed);
    auto begin = header_.begin.load(std::memory_order_relaxed);
    while (end + room_for(bytes) - begin > memory_.size()) {
        Record oldest{};
        std::memcpy(&oldest, &memory_[place(begin)], sizeof oldest);
        begin = std::min(begin + room_for(oldest.size), end);
    }
    header_.begin.store(begin, std::memory_order_relaxed);
    // Readers have to see that the old is gone before they can see the new in its place.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return end;
}

void LogWriter::publish(std::uint64_t at, std::size_t bytes, LogStream stream) {
    const Record record{now(), static_cast<std::uint32_t>(bytes),
                        static_cast<std::uint32_t>(stream)};
    std::memcpy(&memory_[place(at)], &record, sizeof record);
    const auto end = at + room_for(bytes);
    header_.end.store(end, std::memory_order_release);
    const auto next = header_.next_recent.load(std::memory_order_relaxed);
    if (end - next > memory_.size() / 4) {
        header_.recent.store(next, std::memory_order_release);
        header_.next_recent.store(end, std::memory_order_relaxed);
    }
}

std::ptrdiff_t LogWriter::take(int pipe, LogStream stream, std::string* seen) {
    const auto most = std::min(longest_piece, memory_.size() / 4);
    const auto at = make_room(most);
    const auto first = place(at + sizeof(Record));
    const auto until_end = std::min(most, memory_.size() - first);
    const std::array<iovec, 2> pieces{
        {{&memory_[first], until_end}, {memory_.data(), most - until_end}}};
    const auto got = ::readv(pipe, pieces.data(), until_end < most ? 2 : 1);
    if (got <= 0) {
        return got;
    }
    const auto size = static_cast<std::size_t>(got);
    if (seen != nullptr) {
        seen->assign(reinterpret_cast<const char*>(&memory_[first]), std::min(size, until_end));
        if (size > until_end) {
            seen->append(reinterpret_cast<const char*>(memory_.data()), size - until_end);
        }
    }
    publish(at, size, stream);
    return got;
}

void LogWriter::append(LogStream stream, std::string_view text) {
    text = text.substr(0, std::min(longest_piece, memory_.size() / 4));
    const auto at = make_room(text.size());
    const auto first = place(at + sizeof(Record));
    const auto until_end = std::min(text.size(), memory_.size() - first);
    std::memcpy(&memory_[first], text.data(), until_end);
    std::memcpy(memory_.data(), text.data() + until_end, text.size() - until_end);
    publish(at, text.size(), stream);
}

std::vector<LogPiece> LogReader::read() {
    std::vector<std::byte> copy;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const auto end = header_->end.load(std::memory_order_acquire);
        const auto begin = header_->begin.load(std::memory_order_acquire);
        const auto recent = header_->recent.load(std::memory_order_acquire);
        // The oldest records are the first to be written over: who is too slow for them takes newer
        // ones.
        const auto from = std::max({position_, begin, attempt == 0 ? 0 : recent});
        if (from > end || end - from > memory_.size() || end % alignment != 0 ||
            from % alignment != 0) {
            return {}; // no writer of ours leaves it so
        }
        copy.resize(end - from);
        const auto first = from % memory_.size();
        const auto until_end = std::min<std::size_t>(copy.size(), memory_.size() - first);
        std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(first), until_end, copy.begin());
        std::copy_n(memory_.begin(), copy.size() - until_end,
                    copy.begin() + static_cast<std::ptrdiff_t>(until_end));
        // What was written over while it was copied is not to be used.
        std::atomic_thread_fence(std::memory_order_seq_cst);
        const auto intact = std::clamp(header_->begin.load(std::memory_order_relaxed), from, end);
        if (intact < end || from == end) {
            lost_ += intact - position_;
            position_ = end;
            return split(std::span{copy}.subspan(intact - from));
        }
    }
    return {};
}

std::vector<LogPiece> LogReader::split(std::span<const std::byte> records) {
    std::vector<LogPiece> pieces;
    while (records.size() >= sizeof(Record)) {
        Record record{};
        std::memcpy(&record, records.data(), sizeof record);
        const auto room = room_for(record.size);
        if (room > records.size()) {
            break;
        }
        const auto* bytes = reinterpret_cast<const char*>(records.data() + sizeof record);
        pieces.push_back({record.time, static_cast<LogStream>(std::min(record.stream, 2U)),
                          std::string{bytes, record.size}});
        records = records.subspan(room);
    }
    return pieces;
}

} // namespace netlab
