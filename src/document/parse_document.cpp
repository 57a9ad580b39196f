#include "document/parse_document.h"

#include "base/quote.h"
#include "base/utf8.h"
#include "document/parsers.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// What can be said of the bytes before any grammar: throws unless they are UTF-8 text.
void check_text(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        throw SyntaxError{{}, "the file is UTF-16, not UTF-8", "save it as UTF-8"};
    }
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        throw SyntaxError{span_of(nul, nul + 1), "a byte 0x00: this is not a text file"};
    }
    if (const auto bad = find_invalid_utf8(text); bad != std::string_view::npos) {
        throw SyntaxError{span_of(bad, bad + 1),
                          fmt::format("the byte 0x{:02x} is not UTF-8",
                                      static_cast<unsigned>(static_cast<unsigned char>(text[bad]))),
                          "save the file as UTF-8"};
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        throw SyntaxError{
            {}, "the file is empty", "the least that works is { \"nodes\": { \"h1\": {} } }"};
    }
}

} // namespace

Syntax syntax_of(std::string_view file_name) {
    return file_name.ends_with(".yaml") || file_name.ends_with(".yml") ? Syntax::yaml
                                                                       : Syntax::json;
}

Document parse_document(const Source& source, Syntax syntax, Diagnostics& diagnostics) {
    const auto start = source.text().starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    try {
        check_text(source.text().substr(start));
        return {syntax == Syntax::json ? parse_json(source, start, diagnostics)
                                       : parse_yaml(source, diagnostics)};
    } catch (const SyntaxError& error) {
        diagnostics.error(error.span(), error.what(), error.hint());
        return {};
    }
}

void drop_duplicates(Map& map, Diagnostics& diagnostics) {
    std::unordered_map<std::string_view, Span> seen;
    seen.reserve(map.members.size());
    std::vector<std::size_t> repeated;
    for (std::size_t i = 0; i < map.members.size(); ++i) {
        const auto& member = map.members[i];
        const auto [first, is_new] = seen.try_emplace(member.key, member.key_span);
        if (!is_new) {
            diagnostics.error(member.key_span, fmt::format("duplicate key {}", quoted(member.key)))
                .notes.push_back({first->second, "first used here"});
            repeated.push_back(i);
        }
    }
    // From the back, where the usual single repetition costs least; the keys in `seen` are not
    // looked at again.
    for (; !repeated.empty(); repeated.pop_back()) {
        map.members[repeated.back()].key_span = {};
    }
    std::erase_if(map.members, [](const Member& member) { return member.key_span.empty(); });
}

void refuse_nul(std::string_view text, Span span, Diagnostics& diagnostics) {
    if (text.find('\0') != std::string_view::npos) {
        diagnostics.last_error(span, "a string may not contain the character NUL");
    }
}

} // namespace netlab
