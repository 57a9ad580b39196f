#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// A table for people: columns aligned, wide characters counted right (libsmartcols, by the
/// locale). Without rows it is empty text.
class Table {
public:
    explicit Table(std::vector<std::string> headings);

    void add_row(std::vector<std::string> cells);
    /// `width` 0 means unlimited; else the last column is cut to fit. Trailing blanks are trimmed.
    /// `colour` makes headings bold.
    std::string to_string(std::size_t width = 0, bool colour = false) const;

private:
    std::vector<std::string> headings_;
    std::vector<std::vector<std::string>> rows_;
};

/// What a Table shows of a cell, and how many columns it takes.
struct ShownCell {
    std::string text;
    std::size_t width = 0;
};

/// As a Table of unlimited width would show `text`: bytes that are no text by their numbers.
ShownCell show_cell(std::string_view text);

} // namespace netlab
