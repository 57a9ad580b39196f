#include "scenario/text_wish.h"

#include "base/quote.h"
#include "document/parse_document.h"
#include "scenario/json_path.h"
#include "scenario/value_text.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <regex.h>

namespace netlab {

namespace {

/// Of a text that is shown in a table.
constexpr std::size_t shown = 300;
/// A pattern's longest text, and how often its intervals (`a{1,255}`) may repeat what is inside of
/// them all together: the compiled expression is as large.
constexpr std::size_t longest_pattern = 1000;
constexpr std::size_t most_repeats = 10'000;

std::string shown_text(std::string_view text) {
    return text.empty() ? "nothing" : "\"" + printable(text, shown) + "\"";
}

std::string_view without_last_newlines(std::string_view text) {
    while (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    return text;
}

/// The product of the upper bounds of all intervals: nested ones multiply what is compiled.
void refuse_many_repeats(std::string_view text) {
    std::size_t product = 1;
    for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        std::size_t bound = 0;
        std::size_t largest = 1;
        for (auto i = at + 1; i < text.size() && text[i] != '}'; ++i) {
            const bool is_digit = text[i] >= '0' && text[i] <= '9';
            bound = is_digit ? std::min(bound * 10 + static_cast<std::size_t>(text[i] - '0'),
                                        most_repeats + 1)
                             : 0;
            largest = std::max(largest, bound);
        }
        product *= largest;
        if (product > most_repeats) {
            throw std::runtime_error{
                fmt::format("its intervals repeat too much: {} times at most", most_repeats)};
        }
    }
}

/// What other kinds of expressions have and this one reads as a letter.
void refuse_foreign_escapes(std::string_view text) {
    for (auto at = text.find('\\'); at != std::string_view::npos && at + 1 < text.size();
         at = text.find('\\', at + 2)) {
        const char c = text[at + 1];
        if (c == 'd' || c == 'D') {
            throw std::runtime_error{fmt::format("\\{} is not of this kind: write {}", c,
                                                 c == 'd' ? "[0-9]" : "[^0-9]")};
        }
        if (c == 'n' || c == 't' || c == 'r') {
            throw std::runtime_error{fmt::format(
                "\\{} is no character here: put the character itself, or [[:space:]]", c)};
        }
    }
}

std::optional<double> number_of(const Value& value) {
    if (const auto* number = value.as_number()) {
        return number->integer ? static_cast<double>(*number->integer) : number->value;
    }
    return std::nullopt;
}

/// A string as it is, anything else as JSON.
std::string text_of(const Value& value) {
    const auto* text = value.as_string();
    return text == nullptr ? to_json(value) : *text;
}

std::vector<Mismatch> mismatches(const JsonWish& wish, const Value& value,
                                 const std::string& what) {
    auto found = wish.text ? mismatches(*wish.text, text_of(value), what) : std::vector<Mismatch>{};
    const auto number = number_of(value);
    const auto refuse = [&](const char* bound, double limit) {
        found.push_back({fmt::format("{} is {} {}", what, bound, limit), text_of(value)});
    };
    if (wish.least && !(number && *number >= *wish.least)) {
        refuse("at least", *wish.least);
    }
    if (wish.most && !(number && *number <= *wish.most)) {
        refuse("at most", *wish.most);
    }
    return found;
}

/// One value of those that the path leads to has to be as wished.
void check_json(const JsonWish& wish, const Value* root, std::string_view text,
                const std::string& what, std::vector<Mismatch>& found) {
    const auto path = fmt::format("{} of {}", wish.path, what);
    if (root == nullptr) {
        found.push_back({fmt::format("{} is JSON with {}", what, wish.path), shown_text(text)});
        return;
    }
    std::vector<Mismatch> first{{fmt::format("there is {}", path), shown_text(text)}};
    const auto values = JsonPath::parse(wish.path)->find(*root);
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto wrong = mismatches(wish, *values[i], path);
        if (wrong.empty()) {
            return;
        }
        if (i == 0) {
            first = std::move(wrong);
        }
    }
    found.insert(found.end(), first.begin(), first.end());
}

void check_json(const TextWish& wish, std::string_view text, const std::string& what,
                std::vector<Mismatch>& found) {
    if (wish.json.empty()) {
        return;
    }
    Diagnostics ignored;
    const Source source{what, std::string{text}};
    const auto document = parse_document(source, Syntax::json, ignored);
    const auto* root = document.root && !ignored.has_errors() ? &*document.root : nullptr;
    for (const auto& one : wish.json) {
        check_json(one, root, text, what, found);
    }
}

} // namespace

struct Regex::Compiled {
    ::regex_t expression{};

    explicit Compiled(const std::string& text) {
        const int error = ::regcomp(&expression, text.c_str(), REG_EXTENDED | REG_NEWLINE);
        if (error != 0) {
            std::string why(200, '\0');
            why.resize(::regerror(error, &expression, why.data(), why.size()) - 1);
            throw std::runtime_error{why};
        }
    }
    ~Compiled() { ::regfree(&expression); }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
};

Regex::Regex(std::string text) : text_{std::move(text)} {
    if (text_.size() > longest_pattern) {
        throw std::runtime_error{fmt::format("it is longer than {} bytes", longest_pattern)};
    }
    if (text_.find('\0') != std::string::npos) {
        throw std::runtime_error{"it has a NUL in it"};
    }
    refuse_many_repeats(text_);
    refuse_foreign_escapes(text_);
    compiled_ = std::make_shared<const Compiled>(text_);
}

bool Regex::found_in(std::string_view text) const {
    ::regmatch_t whole{};
    whole.rm_eo = static_cast<::regoff_t>(text.size());
    return ::regexec(&compiled_->expression, text.data(), 1, &whole, REG_STARTEND) == 0;
}

std::vector<Mismatch> mismatches(const TextWish& wish, std::string_view text,
                                 const std::string& what) {
    std::vector<Mismatch> found;
    const auto refuse = [&](const char* how, std::string_view wanted) {
        found.push_back({fmt::format("{} {} {}", what, how, shown_text(wanted)), shown_text(text)});
    };
    if (wish.equals && without_last_newlines(text) != without_last_newlines(*wish.equals)) {
        refuse("is", *wish.equals);
    }
    for (const auto& part : wish.contains) {
        if (text.find(part) == std::string_view::npos) {
            refuse("contains", part);
        }
    }
    for (const auto& part : wish.lacks) {
        if (text.find(part) != std::string_view::npos) {
            refuse("lacks", part);
        }
    }
    for (const auto& expression : wish.matches) {
        if (!expression.found_in(text)) {
            refuse("matches", expression.text());
        }
    }
    check_json(wish, text, what, found);
    return found;
}

} // namespace netlab
