#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// A byte range of the topology file. `{0, 0}` means "no particular place".
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    bool empty() const { return begin == 0 && end == 0; }
    bool operator==(const Span&) const = default;
};

/// Line and column as an editor shows them: both from 1, columns counted in characters.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};

/// The text of a file and the name to show for it.
class Source {
public:
    Source(std::string name, std::string text);

    const std::string& name() const { return name_; }
    std::string_view text() const { return text_; }

    /// The position of a byte offset; an offset behind the end is the end.
    Position position(std::size_t offset) const;
    /// The text of a line (from 1), without its line break.
    std::string_view line(std::size_t number) const;
    /// The byte offset at which a line (from 1) begins; behind the last line, the end.
    std::size_t line_start(std::size_t number) const;

private:
    std::size_t characters_before(std::size_t offset) const;

    std::string name_;
    std::string text_;
    std::vector<std::size_t> line_starts_;
    std::vector<std::size_t>
        character_marks_; ///< characters before every 4096th byte: lines may be very long
};

} // namespace netlab
