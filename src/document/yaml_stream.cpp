#include "document/yaml_stream.h"

#include "base/quote.h"
#include "base/utf8.h"
#include "document/parsers.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <libfyaml.h>

namespace netlab {

namespace {

/// libfyaml would print what we collect.
void swallow(fy_diag*, void*, const char*, std::size_t) {}

fy_diag* new_diag() {
    fy_diag_cfg config{};
    fy_diag_cfg_default(&config);
    config.fp = nullptr;
    config.output_fn = swallow;
    config.colorize = false;
    auto* diag = fy_diag_create(&config);
    if (diag == nullptr) {
        throw std::bad_alloc{};
    }
    fy_diag_set_collect_errors(diag, true);
    return diag;
}

fy_parser* new_parser(fy_diag* diag, YamlInput& input) {
    fy_parse_cfg config{};
    config.flags =
        static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE);
    config.diag = diag;
    auto* parser = fy_parser_create(&config);
    const auto read = [](void* user, void* out, std::size_t most) {
        return static_cast<YamlInput*>(user)->read(static_cast<char*>(out), most);
    };
    if (parser == nullptr || fy_parser_set_input_callback(parser, &input, read) != 0) {
        fy_parser_destroy(parser);
        throw std::bad_alloc{};
    }
    return parser;
}

std::string text_of(fy_token* token) {
    std::size_t length = 0;
    const char* text = token == nullptr ? nullptr : fy_token_get_text(token, &length);
    return text == nullptr ? std::string{} : std::string{text, length};
}

Span span_of_token(fy_token* token) {
    const auto* begin = fy_token_start_mark(token);
    const auto* end = fy_token_end_mark(token);
    return begin == nullptr || end == nullptr ? Span{} : span_of(begin->input_pos, end->input_pos);
}

/// The byte offset of a line and column, both from 1.
std::size_t offset_of(const Source& source, int line, int column) {
    const auto number = static_cast<std::size_t>(std::max(line, 1));
    const auto text = source.line(number);
    std::size_t offset = 0;
    for (int i = 1; i < column && offset < text.size(); ++i) {
        offset += utf8_at(text, offset).length;
    }
    return std::min(source.line_start(number) + offset, source.text().size());
}

/// Sentences for the mistakes of libfyaml's that people make most.
std::pair<std::string, std::string> in_plain_words(std::string_view message) {
    if (message.find("tab character") != std::string_view::npos) {
        return {"a TAB where YAML wants blanks", "indent with blanks"};
    }
    if (message.find("without a closing") != std::string_view::npos ||
        message.find("without closing") != std::string_view::npos) {
        return {std::string{message}, "close it with the matching bracket or quote"};
    }
    if (message.find("multiline plain key") != std::string_view::npos ||
        message.find("invalid value after mapping") != std::string_view::npos ||
        message.find("did not find expected") != std::string_view::npos) {
        return {std::string{message}, "keys of one object must stand in the same column"};
    }
    return {std::string{message}, ""};
}

void take_scalar(fy_token* token, YamlEvent& event) {
    const auto style = fy_token_scalar_style(token);
    event.plain = token == nullptr || style == FYSS_PLAIN;
    event.text = text_of(token);
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
        event.span = span_of(event.span.begin - 1, event.span.end + 1);
    }
}

} // namespace

void YamlStream::Destroy::operator()(fy_diag* diag) const {
    fy_diag_destroy(diag);
}
void YamlStream::Destroy::operator()(fy_parser* parser) const {
    fy_parser_destroy(parser);
}

std::ptrdiff_t YamlInput::read(char* out, std::size_t most) {
    const auto count = std::min(
        {most, text_.size() - at_, since_event_ < lookahead ? lookahead - since_event_ : 0});
    starved_ = count == 0 && at_ < text_.size();
    std::copy_n(text_.data() + at_, count, out);
    at_ += count;
    since_event_ += count;
    return static_cast<std::ptrdiff_t>(count);
}

YamlStream::YamlStream(const Source& source)
    : source_{source}, diag_{new_diag()}, input_{source.text()}, parser_{new_parser(diag_.get(),
                                                                                    input_)} {}

std::optional<YamlEvent> YamlStream::next() {
    for (;;) {
        auto* event = fy_parser_parse(parser_.get());
        input_.note_event();
        if (event == nullptr) {
            if (fy_parser_get_stream_error(parser_.get()) || input_.starved()) {
                fail();
            }
            return std::nullopt;
        }
        const auto give_back = [this](fy_event* e) { fy_parser_event_free(parser_.get(), e); };
        const std::unique_ptr<fy_event, decltype(give_back)> owned{event, give_back};
        if (auto translated = translate(*event)) {
            return translated;
        }
    }
}

std::optional<YamlEvent> YamlStream::translate(const fy_event& event) const {
    YamlEvent result;
    auto* raw = const_cast<fy_event*>(&event);
    const auto* begin = fy_event_start_mark(raw);
    const auto* end = fy_event_end_mark(raw);
    if (begin != nullptr) {
        result.span = span_of(begin->input_pos, end == nullptr ? begin->input_pos : end->input_pos);
    }
    switch (event.type) {
    case FYET_DOCUMENT_START:
        result.kind = YamlEvent::Kind::document;
        return result;
    case FYET_ALIAS:
        result.kind = YamlEvent::Kind::alias;
        result.span.begin -= 1; // the '*'
        result.text = text_of(event.alias.anchor);
        return result;
    case FYET_MAPPING_START:
        result.kind = YamlEvent::Kind::map;
        break;
    case FYET_SEQUENCE_START:
        result.kind = YamlEvent::Kind::list;
        break;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        result.kind = YamlEvent::Kind::end;
        result.flow_end = result.span.end > result.span.begin;
        return result;
    case FYET_SCALAR:
        take_scalar(event.scalar.value, result);
        break;
    default:
        return std::nullopt;
    }
    result.anchor = text_of(fy_event_get_anchor_token(raw));
    if (auto* tag = fy_event_get_tag_token(raw)) {
        result.tag_span = span_of_token(tag);
    }
    return result;
}

void YamlStream::fail() const {
    if (input_.starved()) {
        throw SyntaxError{{},
                          "more than 1 MiB of YAML without a break",
                          "large texts belong in files of their own, large lists in block style "
                          "(\"- item\") or in JSON"};
    }
    void* iterator = nullptr;
    const auto* error = fy_diag_errors_iterate(diag_.get(), &iterator);
    if (error == nullptr) {
        throw SyntaxError{{}, "this is not YAML"};
    }
    const auto offset = offset_of(source_, error->line, error->column);
    auto [message, hint] =
        in_plain_words(printable(error->msg == nullptr ? "not YAML" : error->msg));
    throw SyntaxError{span_of(offset, offset + 1), message, hint};
}

} // namespace netlab
