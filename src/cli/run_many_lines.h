#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace netlab {

/// Puts a node's name before each line of what its command prints. Only whole lines are given out,
/// so that those of several nodes do not mix; a line of more than 64 KiB is given out in pieces.
class PrefixedLines {
public:
    /// `printable`: control bytes are shown as text, see printable_line().
    PrefixedLines(std::string prefix, bool printable)
        : prefix_{std::move(prefix)}, printable_{printable} {}

    /// Appends the lines that `bytes` completes to `out`.
    void add(std::string_view bytes, std::string& out);

    /// Appends what is left without a newline, and the newline.
    void finish(std::string& out);

private:
    void give_out(std::string_view line, std::string& out) const;

    std::string prefix_;
    bool printable_;
    std::string begun_;
};

/// A line as a terminal may see it. Tabs, printable UTF-8 and colours (ECMA-48 SGR, ended with the
/// line) pass; other control characters could move the cursor into other lines, or make the
/// terminal type, and become `^[` or `\x9b`.
std::string printable_line(std::string_view line);

} // namespace netlab
