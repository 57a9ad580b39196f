#include "cli/exec_arguments.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "cli/find_lab.h"

#include <string_view>

namespace netlab {

namespace {

constexpr const char* usage = "netlab exec [-l LAB] [--json] NODE [--] COMMAND [ARGUMENT...]";

class ExecWords {
public:
    ExecWords(int argc, char** argv) : words_(argv + 2, argv + argc) {}

    /// False if help is asked for.
    bool read_options(ExecOptions& options) {
        for (; next_ < words_.size() && words_[next_].starts_with('-') && words_[next_] != "--";
             ++next_) {
            const auto& word = words_[next_];
            if (word == "-h" || word == "--help") {
                return false;
            }
            read_option(word, options);
        }
        return true;
    }

    void read_command(ExecOptions& options) {
        skip_dashes();
        if (next_ == words_.size()) {
            throw InputError{"exec needs a node", usage};
        }
        options.node = words_[next_++];
        skip_dashes();
        options.command.assign(words_.begin() + static_cast<std::ptrdiff_t>(next_), words_.end());
        if (options.command.empty()) {
            throw InputError{"exec needs a command to run in " + quoted(options.node),
                             "a shell: netlab exec " + printable(options.node) + " sh"};
        }
    }

private:
    static std::string named(std::string lab) {
        refuse_empty_lab(lab);
        return lab;
    }

    void read_option(const std::string& word, ExecOptions& options) {
        if (word == "--json") {
            options.json = true;
        } else if (word.starts_with("--lab=")) {
            options.lab = named(word.substr(6));
        } else if (word == "-l" || word == "--lab") {
            if (++next_ == words_.size()) {
                throw InputError{word + " needs the name of a lab", usage};
            }
            options.lab = named(words_[next_]);
        } else if (word.starts_with("-l")) {
            options.lab = named(word.substr(2));
        } else {
            const auto meant = did_you_mean(word, {"--lab", "--json", "--help"});
            throw InputError{"exec has no option " + quoted(word), meant.empty() ? usage : meant};
        }
    }

    void skip_dashes() {
        if (next_ < words_.size() && words_[next_] == "--") {
            ++next_;
        }
    }

    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

} // namespace

std::optional<ExecOptions> parse_exec(int argc, char** argv) {
    if (argc < 2 || std::string_view{argv[1]} != "exec") {
        return std::nullopt;
    }
    ExecOptions options;
    ExecWords words{argc, argv};
    if (!words.read_options(options)) {
        return std::nullopt;
    }
    words.read_command(options);
    return options;
}

} // namespace netlab
