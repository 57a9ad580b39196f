#include "node/log_ring.h"
#include "node/service_board.h"
#include "support/catch.h"

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <tuple>

#include <unistd.h>

namespace netlab::test {

namespace {

constexpr std::size_t log_bytes = 128UL << 10U;

/// A board with one service.
struct Board {
    UniqueFd memory = ServiceBoard::make(1, log_bytes);
    ServiceBoard written{memory.get(), 1, ServiceBoard::Access::write};
    ServiceBoard seen{memory.get(), 1, ServiceBoard::Access::read};
    LogWriter writer = written.writer(0);
    LogReader reader = seen.reader(0);
};

std::string joined(const std::vector<LogPiece>& pieces) {
    std::string text;
    for (const auto& piece : pieces) {
        text += piece.bytes;
    }
    return text;
}

} // namespace

TEST_CASE("what is put into a log comes out once, in order, with its stream and its time") {
    Board board;
    board.writer.append(LogStream::out, "one\n");
    board.writer.append(LogStream::err, std::string{"t\0\x1b[2Jo\n", 8});
    const auto pieces = board.reader.read();
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0].bytes == "one\n");
    CHECK(pieces[0].stream == LogStream::out);
    CHECK(pieces[1].bytes == std::string("t\0\x1b[2Jo\n", 8));
    CHECK(pieces[1].stream == LogStream::err);
    CHECK(pieces[0].time > 1'600'000'000'000'000'000U);
    CHECK(pieces[1].time >= pieces[0].time);
    CHECK(board.reader.read().empty());
    board.writer.append(LogStream::note, "three");
    CHECK(joined(board.reader.read()) == "three");
    CHECK(board.reader.lost() == 0);
}

TEST_CASE("a log keeps the last part of what was written, and a reader knows how much it missed") {
    Board board;
    std::string all;
    for (int i = 0; i < 20'000; ++i) {
        const auto line = "line " + std::to_string(i) + "\n";
        board.writer.append(LogStream::out, line);
        all += line;
    }
    const auto text = joined(board.reader.read());
    CHECK(text.size() > log_bytes / 8);
    CHECK(text.size() < log_bytes);
    CHECK(all.ends_with(text));
    CHECK(text.starts_with("line "));
    CHECK(board.reader.lost() > 0);
}

TEST_CASE("a pipe is emptied into a log as far as it has something, across the end of its memory") {
    Board board;
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const UniqueFd reading{ends[0]};
    UniqueFd writing{ends[1]};
    std::string all;
    for (int i = 0; i < 300; ++i) {
        const std::string some(static_cast<std::size_t>(1000 + i * 7),
                               static_cast<char>('a' + i % 26));
        REQUIRE(::write(writing.get(), some.data(), some.size()) ==
                static_cast<ssize_t>(some.size()));
        std::string seen;
        CHECK(board.writer.take(reading.get(), LogStream::out, &seen) ==
              static_cast<ssize_t>(some.size()));
        CHECK(seen == some);
        CHECK(joined(board.reader.read()) == some);
    }
    writing.reset();
    CHECK(board.writer.take(reading.get(), LogStream::out, nullptr) == 0);
    CHECK(board.reader.lost() == 0);
}

TEST_CASE("a log that is written while it is read gives whole pieces only") {
    Board board;
    std::atomic<bool> stop{false};
    std::thread writing{[&] {
        for (std::size_t i = 0; !stop; ++i) {
            board.writer.append(LogStream::out,
                                std::string(100 + i % 3000, static_cast<char>('a' + i % 26)));
        }
    }};
    std::size_t read = 0;
    bool whole = true;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (whole && read < 20'000 && std::chrono::steady_clock::now() < deadline) {
        for (const auto& piece : board.reader.read()) {
            whole = whole && piece.bytes.size() >= 100 &&
                    piece.bytes.find_first_not_of(piece.bytes[0]) == std::string::npos;
            ++read;
        }
    }
    stop = true;
    writing.join();
    CHECK(whole);
    CHECK(read > 0);
}

TEST_CASE(
    "a log that its owner has filled with nonsense gives nothing, or something, and no more") {
    Board board;
    board.writer.append(LogStream::out, "good\n");
    auto* memory = reinterpret_cast<unsigned char*>(&board.written.status(0));
    for (std::size_t step = 1; step < 64; ++step) {
        for (std::size_t i = 0; i < 4096 + log_bytes; ++i) {
            memory[i] = static_cast<unsigned char>(i * step * 31 % 251);
        }
        auto reader = board.seen.reader(0);
        for (int i = 0; i < 3; ++i) {
            CHECK(joined(reader.read()).size() <= log_bytes);
        }
        std::ignore = to_string(board.seen.status(0).state.load());
    }
}

TEST_CASE("the size of a board cannot be changed, and what is no board is refused") {
    Board board;
    CHECK(::ftruncate(board.memory.get(), 0) != 0);
    CHECK(::ftruncate(board.memory.get(), 1 << 30) != 0);
    const UniqueFd other{::dup(STDIN_FILENO)};
    CHECK_THROWS(ServiceBoard(other.get(), 1, ServiceBoard::Access::read));
    CHECK_THROWS(ServiceBoard(board.memory.get(), 100'000, ServiceBoard::Access::read));
}

} // namespace netlab::test
