#pragma once

#include "base/write.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// Takes the cells of a row, one for each heading.
using TakeRow = std::function<void(std::initializer_list<std::string_view> cells)>;

/// Gives each row of a table to `take`.
using GiveRows = std::function<void(const TakeRow& take)>;

/// Writes `title` and under it a table of any length, which is laid out as Table has it at
/// unlimited width; no row of it is kept. Without rows nothing is written. `rows` is called twice,
/// for the widths and for the text, and has to give the same.
void write_table(std::string_view title, const std::vector<std::string>& headings,
                 const GiveRows& rows, const Write& write);

} // namespace netlab
