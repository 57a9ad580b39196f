#include "base/quote.h"
#include "document/parse_document.h"
#include "document/parsers.h"
#include "document/yaml_stream.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Bytes that aliases may add to the tree: a few lines of them can name terabytes.
constexpr std::size_t alias_budget = 16U << 20U;

/// An object or list whose end has not come yet.
struct Open {
    Value value;
    std::string anchor;
    bool in_brackets = false;
    std::optional<Member> key; ///< of an object: read, its value not yet
};

/// Builds the tree from libfyaml's events. A stack of its own instead of recursion.
class YamlBuilder {
public:
    YamlBuilder(const Source& source, Diagnostics& diagnostics)
        : stream_{source}, text_{source.text()}, diagnostics_{diagnostics} {}

    Value build();

private:
    std::optional<YamlEvent> next();
    void take(const YamlEvent& event);
    void take_scalar(YamlEvent event);
    void take_document_start(const YamlEvent& event);
    Span behind_end() const;
    Span place_of_nothing() const;
    void open(const YamlEvent& event);
    void close(const YamlEvent& event);
    void put(Value value, const std::string& anchor);
    void put_key(Open& map, Value key);
    Value scalar(const YamlEvent& event) const;
    Value copy_of(const YamlEvent& alias);
    bool wants_key() const;

    YamlStream stream_;
    std::string_view text_;
    Diagnostics& diagnostics_;
    std::vector<Open> open_;
    std::optional<Value> root_;
    std::map<std::string, Value> anchors_;
    std::size_t copied_ = 0;
    std::size_t last_end_ = 0;
    std::size_t documents_ = 0;
};

Value YamlBuilder::build() {
    while (const auto event = next()) {
        take(*event);
    }
    if (!root_) {
        throw SyntaxError{{}, "the file is empty", "the least that works is 'nodes: { h1: {} }'"};
    }
    return std::move(*root_);
}

/// A bracket that is never closed is noticed at the end of the text, which is not where to look.
std::optional<YamlEvent> YamlBuilder::next() {
    try {
        return stream_.next();
    } catch (const SyntaxError& error) {
        const bool in_brackets = !open_.empty() && open_.back().in_brackets;
        if (!in_brackets ||
            text_.find_first_not_of(" \t\r\n", error.span().begin) != std::string_view::npos) {
            throw;
        }
        const auto begin = open_.back().value.span.begin;
        throw SyntaxError{span_of(begin, begin + 1),
                          fmt::format("the file ends before the '{}' that closes this",
                                      open_.back().value.as_map() != nullptr ? '}' : ']')};
    }
}

void YamlBuilder::take(const YamlEvent& event) {
    if (event.tag_span) {
        throw SyntaxError{*event.tag_span, "YAML tags are not supported here",
                          "leave it out; quotes make a string of any text"};
    }
    switch (event.kind) {
    case YamlEvent::Kind::document:
        take_document_start(event);
        break;
    case YamlEvent::Kind::scalar:
        take_scalar(event);
        break;
    case YamlEvent::Kind::alias:
        put(copy_of(event), {});
        break;
    case YamlEvent::Kind::map:
    case YamlEvent::Kind::list:
        open(event);
        break;
    case YamlEvent::Kind::end:
        close(event);
        break;
    }
}

void YamlBuilder::take_document_start(const YamlEvent& event) {
    if (++documents_ > 1) {
        throw SyntaxError{event.span.empty() ? behind_end() : event.span,
                          "a second YAML document begins here", "a lab file holds one document"};
    }
}

/// What follows the line `...`, for a document that does not begin with `---`.
Span YamlBuilder::behind_end() const {
    const auto dots = text_.find("\n...", last_end_);
    const auto line = text_.find('\n', dots == std::string_view::npos ? last_end_ : dots + 1);
    const auto begin = std::min(text_.find_first_not_of(" \t\r\n", line), text_.size());
    return span_of(begin, std::min(begin + 1, text_.size()));
}

/// Where a value or key stands that was left out: at the key of the value, or at the sign that
/// promised something (`-`, `?`, `:`), which comes next but for blanks and comments.
Span YamlBuilder::place_of_nothing() const {
    if (!open_.empty() && open_.back().key) {
        return open_.back().key->key_span;
    }
    auto at = std::min(last_end_, text_.size());
    if (!open_.empty()) {
        at = std::max<std::size_t>(at, open_.back().value.span.begin);
    }
    for (;;) {
        at = std::min(text_.find_first_not_of(" \t\r\n,[{", at), text_.size());
        if (at == text_.size() || text_[at] != '#') {
            break;
        }
        at = std::min(text_.find('\n', at), text_.size());
    }
    return at == text_.size() ? Span{} : span_of(at, at + 1);
}

void YamlBuilder::take_scalar(YamlEvent event) {
    if (event.span.empty()) {
        event.span = place_of_nothing();
        if (wants_key()) {
            throw SyntaxError{event.span, "a key is missing here", "a key stands before its ':'"};
        }
    }
    put(scalar(event), event.anchor);
}

bool YamlBuilder::wants_key() const {
    return !open_.empty() && open_.back().value.as_map() != nullptr && !open_.back().key;
}

Value YamlBuilder::scalar(const YamlEvent& event) const {
    refuse_nul(event.text, event.span, diagnostics_);
    const bool typed = event.plain && !wants_key();
    return typed ? core_schema_value(event.text, event.span) : Value{event.span, event.text};
}

Value YamlBuilder::copy_of(const YamlEvent& alias) {
    const auto found = anchors_.find(alias.text);
    if (found == anchors_.end()) {
        const bool inside = std::any_of(open_.begin(), open_.end(), [&](const Open& open) {
            return open.anchor == alias.text;
        });
        throw SyntaxError{
            alias.span,
            inside ? fmt::format("the alias {} stands inside what it names", quoted(alias.text))
                   : fmt::format("the alias {} names no anchor before it", quoted(alias.text))};
    }
    copied_ += memory_of(found->second);
    if (copied_ > alias_budget) {
        throw SyntaxError{alias.span, "the aliases of this file make it too large"};
    }
    return found->second;
}

void YamlBuilder::open(const YamlEvent& event) {
    if (wants_key()) {
        throw SyntaxError{event.span, "a key must be a string, not a list or an object"};
    }
    if (open_.size() >= deepest_nesting) {
        throw SyntaxError{event.span, fmt::format("nested more than {} deep", deepest_nesting)};
    }
    const bool is_map = event.kind == YamlEvent::Kind::map;
    Value value{event.span, {}};
    if (is_map) {
        value.content = Map{};
    } else {
        value.content = List{};
    }
    const bool in_brackets = event.span.end > event.span.begin;
    open_.push_back({std::move(value), event.anchor, in_brackets, std::nullopt});
}

void YamlBuilder::close(const YamlEvent& event) {
    auto done = std::move(open_.back());
    open_.pop_back();
    if (auto* map = std::get_if<Map>(&done.value.content)) {
        drop_duplicates(*map, diagnostics_);
    }
    // A block ends where the next thing begins, which may be lines further down.
    const auto end = event.flow_end ? static_cast<std::size_t>(event.span.end) : last_end_;
    done.value.span.end = std::max(done.value.span.begin, static_cast<std::uint32_t>(end));
    put(std::move(done.value), done.anchor);
}

void YamlBuilder::put_key(Open& map, Value key) {
    auto* text = std::get_if<std::string>(&key.content);
    if (text == nullptr) {
        throw SyntaxError{key.span, "a key must be a string"};
    }
    map.key = Member{std::move(*text), key.span, {}};
}

void YamlBuilder::put(Value value, const std::string& anchor) {
    last_end_ = std::max<std::size_t>(last_end_, value.span.end);
    if (!anchor.empty()) {
        copied_ += memory_of(value);
        if (copied_ > alias_budget) {
            throw SyntaxError{value.span, "the anchors of this file make it too large"};
        }
        anchors_.insert_or_assign(anchor, value);
    }
    if (open_.empty()) {
        root_ = std::move(value);
        return;
    }
    auto& parent = open_.back();
    if (auto* list = std::get_if<List>(&parent.value.content)) {
        list->push_back(std::move(value));
    } else if (!parent.key) {
        put_key(parent, std::move(value));
    } else {
        parent.key->value = std::move(value);
        std::get<Map>(parent.value.content).members.push_back(std::move(*parent.key));
        parent.key.reset();
    }
}

} // namespace

Value parse_yaml(const Source& source, Diagnostics& diagnostics) {
    return YamlBuilder{source, diagnostics}.build();
}

} // namespace netlab
