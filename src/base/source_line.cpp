#include "base/source_line.h"

#include "base/quote.h"
#include "base/utf8.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace netlab {

namespace {

constexpr std::size_t columns_before = 60; ///< kept in front of the caret when a line is cut
constexpr std::size_t columns_in_all = 100;
constexpr std::size_t tab_width = 4;

struct Cell {
    std::string text;
    std::size_t width;
    std::size_t offset; ///< in the line
};

/// Looks no further than a few hundred bytes to each side: a line may be the whole of a huge file.
struct Window {
    std::size_t begin;
    std::size_t end;
};

Window window_around(std::string_view line, std::size_t caret) {
    constexpr std::size_t reach = 4 * columns_in_all;
    Window window{caret > reach ? caret - reach : 0, std::min(line.size(), caret + reach)};
    while (window.begin > 0 && window.begin < caret &&
           (static_cast<unsigned char>(line[window.begin]) & 0xc0U) == 0x80) {
        ++window.begin;
    }
    return window;
}

Cell cell_at(std::string_view line, std::size_t offset, std::size_t column, std::size_t length,
             const Utf8Character& character) {
    if (character.valid && character.code == '\t') {
        const auto width = tab_width - column % tab_width;
        return {std::string(width, ' '), width, offset};
    }
    auto text = printable(line.substr(offset, length), 4);
    const bool escaped = text != line.substr(offset, length);
    const auto width =
        escaped ? text.size() : static_cast<std::size_t>(display_width(character.code));
    return {std::move(text), width, offset};
}

std::vector<Cell> cells_of(std::string_view line, Window window) {
    std::vector<Cell> cells;
    std::size_t column = 0;
    for (auto offset = window.begin; offset < window.end;) {
        const auto character = utf8_at(line, offset);
        cells.push_back(cell_at(line, offset, column, character.length, character));
        column += cells.back().width;
        offset += character.length;
    }
    return cells;
}

/// Drops cells from the front until at most `columns_before` are left before the caret; true if any
/// were.
bool cut_front(std::vector<Cell>& cells, std::size_t caret, std::size_t end) {
    std::size_t before = 0;
    std::size_t marked = 0;
    for (const auto& cell : cells) {
        before += cell.offset < caret ? cell.width : 0;
        marked += cell.offset >= caret && cell.offset < end ? cell.width : 0;
    }
    if (before <= columns_before ||
        before + std::min(marked, columns_in_all - columns_before) <= columns_in_all) {
        return false;
    }
    auto first = cells.begin();
    while (first != cells.end() && before > columns_before) {
        before -= first->width;
        ++first;
    }
    cells.erase(cells.begin(), first);
    return true;
}

} // namespace

ShownLine show_line(const Source& source, Span span) {
    const auto number = source.position(span.begin).line;
    const auto line = source.line(number);
    const auto start = source.line_start(number);
    const auto caret =
        std::min<std::size_t>(span.begin - std::min<std::size_t>(start, span.begin), line.size());
    const auto end =
        std::clamp<std::size_t>(span.end > start ? span.end - start : 0, caret, line.size());
    const auto window = window_around(line, caret);
    auto cells = cells_of(line, window);
    ShownLine shown;
    std::size_t column = 0;
    if (cut_front(cells, caret, end) || window.begin > 0) {
        shown.text = "…";
        column = 1;
    }
    std::size_t marked = 0;
    bool cut = window.end < line.size();
    for (const auto& cell : cells) {
        if (column + cell.width > columns_in_all) {
            cut = true;
            break;
        }
        shown.text += cell.text;
        column += cell.width;
        shown.caret_column = cell.offset < caret ? column : shown.caret_column;
        marked += cell.offset >= caret && cell.offset < end ? cell.width : 0;
    }
    if (caret == 0 || cells.empty() || cells.front().offset >= caret) {
        shown.caret_column = shown.text.starts_with("…") && caret > 0 ? 1 : 0;
    }
    shown.text += cut ? "…" : "";
    shown.caret = "^" + std::string(marked > 1 ? marked - 1 : 0, '~');
    return shown;
}

} // namespace netlab
