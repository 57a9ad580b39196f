#pragma once

#include "base/source.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct fy_diag;
struct fy_event;
struct fy_parser;

namespace netlab {

/// One of libfyaml's events, copied out of it.
struct YamlEvent {
    enum class Kind { document, scalar, alias, map, list, end };

    Kind kind = Kind::scalar;
    Span span;        ///< with the quotes of a quoted scalar
    std::string text; ///< of a scalar, or the name that an alias names
    std::string anchor;
    std::optional<Span> tag_span; ///< of an explicit tag
    bool plain = false;           ///< a scalar without quotes
    bool flow_end = false;        ///< `end` of a collection in brackets
};

/// Hands the text to libfyaml in pieces. Before it knows whether a bracket begins a key, libfyaml
/// reads on and keeps 300 bytes for each that it read; so it gets no more than 1 MiB without giving
/// an event for it.
class YamlInput {
public:
    explicit YamlInput(std::string_view text) : text_{text} {}

    /// Copies at most `most` bytes; 0 at the end, and where the lookahead is used up.
    std::ptrdiff_t read(char* out, std::size_t most);
    void note_event() { since_event_ = 0; }
    /// Whether text was held back.
    bool starved() const { return starved_; }

private:
    static constexpr std::size_t lookahead = 1U << 20U;

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t since_event_ = 0;
    bool starved_ = false;
};

/// Reads YAML text event by event (libfyaml).
class YamlStream {
public:
    explicit YamlStream(const Source& source);
    YamlStream(const YamlStream&) = delete; // libfyaml holds the address of input_
    YamlStream& operator=(const YamlStream&) = delete;

    /// The next event, nullopt at the end. Throws SyntaxError.
    std::optional<YamlEvent> next();

private:
    struct Destroy {
        void operator()(fy_diag* diag) const;
        void operator()(fy_parser* parser) const;
    };

    std::optional<YamlEvent> translate(const fy_event& event) const;
    [[noreturn]] void fail() const;

    const Source& source_;
    std::unique_ptr<fy_diag, Destroy> diag_;
    YamlInput input_;
    std::unique_ptr<fy_parser, Destroy> parser_;
};

} // namespace netlab
