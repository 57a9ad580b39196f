#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

namespace netlab {

/// Whether `stream` is a terminal that wants colours (no-color.org: not with NO_COLOR set; nor with
/// TERM=dumb).
bool wants_colour(std::FILE* stream);

/// Columns of the terminal behind `stream`, 0 if it is none.
std::size_t terminal_width(std::FILE* stream);

/// What was to be shown could not be written: a full disk, or a pipe whose reader has gone.
class OutputError : public std::system_error {
public:
    using std::system_error::system_error;
};

/// Writes all of `text`. Throws OutputError if stdout does not take it; stderr is where that would
/// have to be said, so of stderr nothing is.
void print(std::FILE* stream, std::string_view text);

/// `error: `, red if `colour`.
std::string error_word(bool colour);

/// `1 node`, `2 nodes`.
std::string counted(std::size_t count, const std::string& thing);

/// A line on stderr that is written over again and again, on a terminal only, and not with
/// TERM=dumb.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const std::string& text);
    void clear();

private:
    bool terminal_;
    bool shown_ = false;
};

} // namespace netlab
