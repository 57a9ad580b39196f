#include "base/table.h"

#include "base/split.h"

#include <cassert>
#include <cstdlib>
#include <memory>
#include <new>

#include <libsmartcols.h>

namespace netlab {

namespace {

struct Unref {
    void operator()(libscols_table* table) const { scols_unref_table(table); }
};
using Columns = std::unique_ptr<libscols_table, Unref>;

/// libsmartcols fails only for want of memory.
void require(bool done) {
    if (!done) {
        throw std::bad_alloc{};
    }
}

Columns make_columns(const std::vector<std::string>& headings, std::size_t width, bool colour) {
    Columns table{scols_new_table()};
    require(table != nullptr);
    scols_table_enable_colors(table.get(), colour ? 1 : 0);
    scols_table_set_termforce(table.get(),
                              width == 0 ? SCOLS_TERMFORCE_NEVER : SCOLS_TERMFORCE_ALWAYS);
    scols_table_set_termwidth(table.get(), width);
    for (std::size_t i = 0; i < headings.size(); ++i) {
        const bool cut = width != 0 && i + 1 == headings.size();
        auto* column =
            scols_table_new_column(table.get(), headings[i].c_str(), 0, cut ? SCOLS_FL_TRUNC : 0);
        require(column != nullptr);
        if (colour) {
            scols_cell_set_color(scols_column_get_header(column), "\x1b[1m");
        }
    }
    return table;
}

void append_row(libscols_table* table, const std::vector<std::string>& cells) {
    auto* line = scols_table_new_line(table, nullptr);
    require(line != nullptr);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        require(scols_line_set_data(line, i, cells[i].c_str()) == 0);
    }
}

std::string printed(libscols_table* table) {
    char* text = nullptr;
    require(scols_print_table_to_string(table, &text) == 0);
    const std::unique_ptr<char, decltype(&std::free)> owned{text, &std::free};
    return text;
}

std::string without_trailing_blanks(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto line = cut_off(text, '\n');
        out.append(line.substr(0, line.find_last_not_of(' ') + 1)) += '\n';
    }
    return out;
}

} // namespace

Table::Table(std::vector<std::string> headings) : headings_{std::move(headings)} {}

void Table::add_row(std::vector<std::string> cells) {
    assert(cells.size() == headings_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::to_string(std::size_t width, bool colour) const {
    const auto table = make_columns(headings_, width, colour);
    for (const auto& row : rows_) {
        append_row(table.get(), row);
    }
    return without_trailing_blanks(printed(table.get()));
}

ShownCell show_cell(std::string_view text) {
    const auto table = make_columns({""}, 0, false);
    scols_table_enable_noheadings(table.get(), 1);
    append_row(table.get(), {std::string{text}});
    auto shown = printed(table.get());
    shown.erase(shown.find_last_not_of('\n') + 1);
    // Known when it is printed.
    return {std::move(shown), scols_column_get_width(scols_table_get_column(table.get(), 0))};
}

} // namespace netlab
