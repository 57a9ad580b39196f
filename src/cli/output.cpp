#include "cli/output.h"

#include <cerrno>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace netlab {

namespace {

/// A terminal that takes escape sequences.
bool is_able_terminal(std::FILE* stream) {
    const char* terminal = std::getenv("TERM");
    return ::isatty(::fileno(stream)) != 0 &&
           (terminal == nullptr || std::string_view{terminal} != "dumb");
}

} // namespace

bool wants_colour(std::FILE* stream) {
    const char* no_colour = std::getenv("NO_COLOR");
    return is_able_terminal(stream) && (no_colour == nullptr || *no_colour == '\0');
}

std::size_t terminal_width(std::FILE* stream) {
    winsize size{};
    return ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void print(std::FILE* stream, std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
    if ((std::fflush(stream) != 0 || !written) && stream != stderr) {
        throw OutputError{errno, std::generic_category(), "cannot write the output"};
    }
}

std::string error_word(bool colour) {
    return colour ? "\x1b[1;31merror:\x1b[0m " : "error: ";
}

std::string counted(std::size_t count, const std::string& thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

ProgressLine::ProgressLine() : terminal_(is_able_terminal(stderr)) {}

ProgressLine::~ProgressLine() {
    clear();
}

void ProgressLine::show(const std::string& text) {
    if (terminal_) {
        print(stderr, "\r\x1b[K" + text);
        shown_ = true;
    }
}

void ProgressLine::clear() {
    if (shown_) {
        print(stderr, "\r\x1b[K");
        shown_ = false;
    }
}

} // namespace netlab
