#include "control/own_command.h"

#include "base/quote.h"
#include "sys/text_file.h"

#include <sstream>
#include <string_view>

namespace netlab {

namespace {

constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "-_./:,@%+=";

/// A quote within a word is rare enough to be left as it is: this is to be read.
std::string as_written(const std::string& word) {
    return word.empty() || word.find_first_not_of(plain) != std::string::npos ? "'" + word + "'"
                                                                              : word;
}

} // namespace

std::string own_command() {
    std::istringstream words{read_file_or("/proc/self/cmdline", "")};
    std::string command;
    for (std::string word; std::getline(words, word, '\0');) {
        command += command.empty() ? word.substr(word.rfind('/') + 1) : " " + as_written(word);
    }
    return printable(command);
}

} // namespace netlab
