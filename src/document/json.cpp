#include "base/quote.h"
#include "base/utf8.h"
#include "document/parse_document.h"
#include "document/parsers.h"

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view word_end = " \t\r\n,:[]{}\"'";

/// Recursive descent over RFC 8259. Our own instead of libfyaml's JSON mode for the sake of its
/// messages: see docs/decisions/json-parser.md.
class JsonParser {
public:
    JsonParser(std::string_view text, std::size_t start, Diagnostics& diagnostics)
        : text_{text}, at_{start}, diagnostics_{diagnostics} {}

    Value parse() {
        auto value = parse_value("a value");
        skip_blanks();
        if (at_ < text_.size()) {
            throw SyntaxError{here(), "text behind the end of the JSON value",
                              peek() == '{' || peek() == '[' ? "a file holds one value" : ""};
        }
        return value;
    }

private:
    Value parse_value(std::string_view wanted);
    Value parse_map();
    Value parse_list();
    Value parse_string();
    Value parse_word(std::string_view wanted);
    Member parse_member();
    void append_escape(std::string& text);
    char32_t parse_hex4();
    char32_t parse_code_point(std::size_t begin);
    /// Between two members or items: true if another one follows.
    bool next_item(char close, std::size_t opened);
    void enter();

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool at_end() const { return at_ >= text_.size(); }
    Span here() const { return span_of(at_, std::min(at_ + 1, text_.size())); }
    void skip_blanks();
    [[noreturn]] void fail_at_end(char close, std::size_t opened) const;

    std::string_view text_;
    std::size_t at_;
    std::size_t depth_ = 0;
    Diagnostics& diagnostics_;
};

void JsonParser::skip_blanks() {
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    if (text_.substr(at_, 2) == "//" || text_.substr(at_, 2) == "/*" || peek() == '#') {
        throw SyntaxError{
            span_of(at_, std::min(text_.find('\n', at_), text_.size())), "JSON has no comments",
            "use \"description\", or write the lab as YAML (.yaml), where # begins one"};
    }
}

void JsonParser::enter() {
    if (++depth_ > deepest_nesting) {
        throw SyntaxError{here(), fmt::format("nested more than {} deep", deepest_nesting)};
    }
}

Value JsonParser::parse_value(std::string_view wanted) {
    skip_blanks();
    switch (peek()) {
    case '{':
        return parse_map();
    case '[':
        return parse_list();
    case '"':
        return parse_string();
    default:
        return parse_word(wanted);
    }
}

void JsonParser::fail_at_end(char close, std::size_t opened) const {
    throw SyntaxError{span_of(opened, opened + 1),
                      fmt::format("the file ends before the '{}' that closes this", close)};
}

bool JsonParser::next_item(char close, std::size_t opened) {
    const auto before = at_;
    skip_blanks();
    if (at_end()) {
        fail_at_end(close, opened);
    }
    if (peek() == close) {
        return false;
    }
    if (peek() != ',') {
        const bool wrong_bracket = peek() == '}' || peek() == ']';
        if (wrong_bracket || peek() == ':' || peek() == '=') {
            throw SyntaxError{here(), fmt::format("expected ',' or '{}', not '{}'", close, peek())};
        }
        throw SyntaxError{span_of(before - 1, before), "missing ',' behind this"};
    }
    const auto comma = at_++;
    skip_blanks();
    if (peek() == close) {
        throw SyntaxError{span_of(comma, comma + 1), fmt::format("a ',' before the '{}'", close),
                          "remove the comma"};
    }
    return true;
}

Member JsonParser::parse_member() {
    skip_blanks();
    if (peek() != '"') {
        if (at_end() || peek() == ',' || peek() == ':' || peek() == '}') {
            throw SyntaxError{here(), "expected a key in double quotes"};
        }
        const auto end = std::min(text_.find_first_of(word_end, at_ + 1), text_.size());
        throw SyntaxError{span_of(at_, end), "a key must be in double quotes"};
    }
    auto key = parse_string();
    skip_blanks();
    if (peek() != ':') {
        throw SyntaxError{key.span, "missing ':' behind this key"};
    }
    ++at_;
    return {std::get<std::string>(std::move(key.content)), key.span,
            parse_value("a value behind the ':'")};
}

Value JsonParser::parse_map() {
    enter();
    const auto begin = at_++;
    Map map;
    skip_blanks();
    if (at_end()) {
        fail_at_end('}', begin);
    }
    if (peek() != '}') {
        do {
            map.members.push_back(parse_member());
        } while (next_item('}', begin));
    }
    ++at_;
    --depth_;
    drop_duplicates(map, diagnostics_);
    return {span_of(begin, at_), std::move(map)};
}

Value JsonParser::parse_list() {
    enter();
    const auto begin = at_++;
    List list;
    skip_blanks();
    if (at_end()) {
        fail_at_end(']', begin);
    }
    if (peek() != ']') {
        do {
            list.push_back(parse_value("a value"));
        } while (next_item(']', begin));
    }
    ++at_;
    --depth_;
    return {span_of(begin, at_), std::move(list)};
}

Value JsonParser::parse_string() {
    const auto begin = at_++;
    std::string text;
    for (;;) {
        const auto stop = std::min(text_.find_first_of("\"\\", at_), text_.size());
        const auto piece = text_.substr(at_, stop - at_);
        for (std::size_t i = 0; i < piece.size(); ++i) {
            if (static_cast<unsigned char>(piece[i]) >= 0x20) {
                continue;
            }
            if (piece[i] == '\n' || piece[i] == '\r') {
                throw SyntaxError{span_of(begin, at_ + i), "this string is not closed on its line"};
            }
            throw SyntaxError{
                span_of(at_ + i, at_ + i + 1), "a control character in a string",
                fmt::format("write it as \\u{:04x}", static_cast<unsigned>(piece[i]))};
        }
        text += piece;
        at_ = stop;
        if (at_end()) {
            throw SyntaxError{span_of(begin, at_), "this string is not closed"};
        }
        if (text_[at_++] == '"') {
            break;
        }
        append_escape(text);
    }
    refuse_nul(text, span_of(begin, at_), diagnostics_);
    return {span_of(begin, at_), std::move(text)};
}

void JsonParser::append_escape(std::string& text) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const auto begin = at_ - 1;
    if (const auto which = letters.find(peek()); !at_end() && which != std::string_view::npos) {
        text += meanings[which];
        ++at_;
        return;
    }
    if (peek() != 'u') {
        const auto end = at_end() ? at_ : at_ + utf8_at(text_, at_).length;
        throw SyntaxError{
            span_of(begin, end),
            fmt::format("unknown escape {}", quoted(text_.substr(begin, end - begin))),
            "a backslash is written \\\\"};
    }
    ++at_;
    append_utf8(text, parse_code_point(begin));
}

char32_t JsonParser::parse_code_point(std::size_t begin) {
    const auto first = parse_hex4();
    if (first < 0xd800 || first > 0xdfff) {
        return first;
    }
    if (first < 0xdc00 && text_.substr(at_, 2) == "\\u") {
        at_ += 2;
        const auto second = parse_hex4();
        if (second >= 0xdc00 && second <= 0xdfff) {
            return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        }
    }
    throw SyntaxError{span_of(begin, at_), "half of a UTF-16 surrogate pair",
                      "write the character itself, in UTF-8"};
}

char32_t JsonParser::parse_hex4() {
    const auto digits = text_.substr(at_, 4);
    if (digits.size() < 4 ||
        digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
        throw SyntaxError{span_of(at_ - 2, at_), "'\\u' needs four hexadecimal digits"};
    }
    at_ += 4;
    return static_cast<char32_t>(std::stoul(std::string{digits}, nullptr, 16));
}

/// JSON's numbers: YAML's without a plus, leading zeros, or a point without digits on both sides.
bool is_json_number(std::string_view text) {
    if (text.starts_with('-')) {
        text.remove_prefix(1);
    }
    const auto point = text.find('.');
    const auto digit_at = [text](std::size_t i) {
        return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    return text.find_first_not_of("0123456789.eE+-") == std::string_view::npos && digit_at(0) &&
           !(text[0] == '0' && digit_at(1)) &&
           (point == std::string_view::npos || digit_at(point + 1));
}

std::string_view hint_for_word(std::string_view word) {
    if (word == "True" || word == "False" || word == "None" || word == "TRUE" || word == "FALSE") {
        return "JSON has true, false and null, in small letters";
    }
    if (word == "NaN" || word == "Infinity" || word == "-Infinity") {
        return "JSON has no such number";
    }
    const bool numeric = word.find_first_not_of("+-.0123456789eExX") == std::string_view::npos;
    return numeric ? "numbers look like 10, -2 or 0.5" : "a string must be in double quotes";
}

Value JsonParser::parse_word(std::string_view wanted) {
    const auto end = std::min(text_.find_first_of(word_end, at_), text_.size());
    const auto word = text_.substr(at_, end - at_);
    if (peek() == '\'') {
        throw SyntaxError{here(), "a string must be in double quotes"};
    }
    if (word.empty()) {
        throw SyntaxError{at_end() ? span_of(at_ == 0 ? 0 : at_ - 1, at_) : here(),
                          at_end() ? fmt::format("the file ends where {} should be", wanted)
                                   : fmt::format("expected {}, not '{}'", wanted, peek())};
    }
    const auto span = span_of(at_, end);
    at_ = end;
    if (word == "true" || word == "false" || word == "null" || is_json_number(word)) {
        auto value = core_schema_value(word, span);
        if (value.as_string() == nullptr) {
            return value;
        }
    }
    throw SyntaxError{span, fmt::format("{} is not a JSON value", quoted(word)),
                      std::string{hint_for_word(word)}};
}

} // namespace

Value parse_json(const Source& source, std::size_t start, Diagnostics& diagnostics) {
    return JsonParser{source.text(), start, diagnostics}.parse();
}

} // namespace netlab
