#include "base/long_table.h"

#include "base/table.h"

#include <algorithm>
#include <cassert>

namespace netlab {

namespace {

/// Printed as it is, one column for each byte: libsmartcols, which would take most of the time,
/// need not be asked. A backslash may be the begin of what it writes for bytes that are no text.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
}

class LongTable {
public:
    LongTable(std::string_view title, const std::vector<std::string>& headings, const Write& write)
        : text_(title), headings_(headings), widths_(headings.size()), write_(write) {}

    void measure(std::initializer_list<std::string_view> cells) {
        assert(cells.size() == widths_.size());
        auto width = widths_.begin();
        for (const auto cell : cells) {
            *width = std::max(*width, is_plain(cell) ? cell.size() : show_cell(cell).width);
            ++width;
        }
        any_ = true;
    }
    bool has_rows() const { return any_; }

    void write_headings() {
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            widths_[i] = std::max(widths_[i], headings_[i].size());
            add_cell(headings_[i], headings_[i].size(), widths_[i]);
        }
        end_line();
    }

    void write_row(std::initializer_list<std::string_view> cells) {
        auto width = widths_.begin();
        for (const auto cell : cells) {
            if (is_plain(cell)) {
                add_cell(cell, cell.size(), *width);
            } else {
                const auto shown = show_cell(cell);
                add_cell(shown.text, shown.width, *width);
            }
            ++width;
        }
        end_line();
    }

    void finish() { write_(text_); }

private:
    void add_cell(std::string_view text, std::size_t own, std::size_t width) {
        text_ += text;
        text_.append(width - own + 1, ' ');
    }

    /// Trailing blanks, too, are trimmed as in a Table.
    void end_line() {
        while (text_.size() > line_ && text_.back() == ' ') {
            text_.pop_back();
        }
        text_ += '\n';
        if (text_.size() >= piece_size) {
            write_(text_);
            text_.clear();
        }
        line_ = text_.size();
    }

    std::string text_;
    std::size_t line_ = text_.size(); ///< where the line that is written begins
    const std::vector<std::string>& headings_;
    std::vector<std::size_t> widths_;
    const Write& write_;
    bool any_ = false;
};

} // namespace

void write_table(std::string_view title, const std::vector<std::string>& headings,
                 const GiveRows& rows, const Write& write) {
    LongTable table{title, headings, write};
    rows([&](std::initializer_list<std::string_view> cells) { table.measure(cells); });
    if (!table.has_rows()) {
        return;
    }
    table.write_headings();
    rows([&](std::initializer_list<std::string_view> cells) { table.write_row(cells); });
    table.finish();
}

} // namespace netlab
