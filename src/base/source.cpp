#include "base/source.h"

#include <algorithm>

namespace netlab {

namespace {

constexpr std::size_t mark_distance = 4096;

/// An editor shows none of it: the first line begins behind it.
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Characters that begin in the text: every byte that does not continue a UTF-8 sequence.
std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80;
    }));
}

} // namespace

Source::Source(std::string name, std::string text)
    : name_{std::move(name)}, text_{std::move(text)},
      line_starts_{text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0} {
    for (auto at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
        line_starts_.push_back(at + 1);
    }
    std::size_t characters = 0;
    for (std::size_t at = 0; at <= text_.size(); at += mark_distance) {
        character_marks_.push_back(characters);
        characters += count_characters(std::string_view{text_}.substr(at, mark_distance));
    }
}

std::size_t Source::characters_before(std::size_t offset) const {
    const auto mark = offset / mark_distance;
    const auto from = mark * mark_distance;
    return character_marks_[mark] + count_characters(text().substr(from, offset - from));
}

Position Source::position(std::size_t offset) const {
    offset = std::clamp(offset, line_starts_.front(), text_.size());
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const auto start = *(after - 1);
    return {static_cast<std::size_t>(after - line_starts_.begin()),
            characters_before(offset) - characters_before(start) + 1};
}

std::size_t Source::line_start(std::size_t number) const {
    return number == 0 || number > line_starts_.size() ? text_.size() : line_starts_[number - 1];
}

std::string_view Source::line(std::size_t number) const {
    const auto start = line_start(number);
    auto end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
    if (end > start && text_[end - 1] == '\r') {
        --end;
    }
    return start < end ? text().substr(start, end - start) : std::string_view{};
}

} // namespace netlab
