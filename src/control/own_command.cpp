#include "control/own_command.h"

#include "base/quote.h"
#include "base/split.h"
#include "sys/text_file.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "-_./:,@%+=";

/// A quote within a word is rare enough to be left as it is: this is to be read.
std::string as_written(std::string_view word) {
    const bool is_plain = !word.empty() && word.find_first_not_of(plain) == std::string_view::npos;
    return is_plain ? std::string{word} : fmt::format("'{}'", word);
}

} // namespace

std::string own_command() {
    const auto words = read_file_or("/proc/self/cmdline", "");
    std::string command;
    for (const auto word : split(words, '\0')) {
        command += command.empty() ? std::string{word.substr(word.rfind('/') + 1)}
                                   : " " + as_written(word);
    }
    return printable(command);
}

} // namespace netlab
