#include "cli/log_lines.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace netlab {

namespace {

constexpr std::size_t longest_line = 64UL << 10U;

} // namespace

std::vector<LogLine> LogLines::add(const std::vector<LogPiece>& pieces) {
    std::vector<LogLine> lines;
    for (const auto& piece : pieces) {
        add(piece, lines);
    }
    return lines;
}

void LogLines::add(const LogPiece& piece, std::vector<LogLine>& lines) {
    if (piece.stream == LogStream::note) {
        std::ranges::move(finish(), std::back_inserter(lines));
    }
    auto& begun = begun_.at(static_cast<std::size_t>(piece.stream));
    for (std::string_view rest{piece.bytes}; !rest.empty();) {
        if (begun.text.empty()) {
            begun.time = piece.time;
            begun.stream = piece.stream;
        }
        const auto newline = rest.find('\n');
        const auto room = longest_line - begun.text.size();
        const auto taken = std::min({newline, rest.size(), room});
        const bool whole = taken == newline;
        begun.text += rest.substr(0, taken);
        rest.remove_prefix(taken + (whole ? 1 : 0));
        if (whole || begun.text.size() == longest_line) {
            lines.push_back(std::exchange(begun, {}));
        }
    }
}

std::vector<LogLine> LogLines::finish() {
    std::vector<LogLine> lines;
    for (auto& begun : begun_) {
        if (!begun.text.empty()) {
            lines.push_back(std::exchange(begun, {}));
        }
    }
    return lines;
}

} // namespace netlab
