#include "base/diagnostic.h"

#include "base/quote.h"
#include "base/source_line.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include <fmt/format.h>

namespace netlab {

namespace {

std::uint64_t key_of(Span span) {
    return std::uint64_t{span.begin} << 32U | span.end;
}

struct Paint {
    bool colour = false;

    std::string operator()(std::string_view codes, std::string_view text) const {
        return colour ? fmt::format("\x1b[{}m{}\x1b[0m", codes, text) : std::string{text};
    }
};

constexpr std::string_view bold = "1";
constexpr std::string_view red = "1;31";
constexpr std::string_view magenta = "1;35";
constexpr std::string_view cyan = "1;36";
constexpr std::string_view green = "1;32";

struct Word {
    std::string_view text;
    std::string_view codes;
};

Word word(Severity severity) {
    return severity == Severity::error ? Word{"error", red} : Word{"warning", magenta};
}

/// `file:line:column: `, or as much of it as there is.
std::string place(const Source& source, Span span) {
    const auto name = printable(source.name());
    if (span.empty()) {
        return name.empty() ? std::string{} : name + ": ";
    }
    const auto position = source.position(span.begin);
    return fmt::format("{}:{}:{}: ", name, position.line, position.column);
}

void append(std::string& out, const Source& source, Span span, Word head, std::string_view message,
            const Paint& paint) {
    out += paint(bold, place(source, span));
    out += paint(head.codes, fmt::format("{}:", head.text));
    out += ' ';
    out += paint.colour && head.text != "note" ? paint(bold, message) : std::string{message};
    out += '\n';
    if (span.empty() || source.text().empty()) {
        return;
    }
    const auto shown = show_line(source, span);
    const auto number = fmt::format("{}", source.position(span.begin).line);
    out += fmt::format("{:>3} | {}\n", number, shown.text);
    out += fmt::format("{:>{}} | {}\n", "", std::max<std::size_t>(3, number.size()),
                       std::string(shown.caret_column, ' ') + paint(green, shown.caret));
}

std::string plain_message(const Diagnostics& diagnostics) {
    std::string text;
    for (const auto& diagnostic : diagnostics.all()) {
        if (diagnostic.severity == Severity::error) {
            text += (text.empty() ? "" : "\n") + diagnostic.message;
        }
    }
    return text;
}

} // namespace

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
    error_count_ += diagnostic.severity == Severity::error ? 1 : 0;
    if (full()) {
        ++dropped_;
        unkept_ = std::move(diagnostic);
        return unkept_;
    }
    return all_.emplace_back(std::move(diagnostic));
}

bool Diagnostics::is_repeated(Span span, const std::string& message) {
    if (span.empty()) {
        return false;
    }
    if (done_.contains(key_of(span))) {
        return true;
    }
    auto key = fmt::format("{}:{}:{}", span.begin, span.end, message);
    return full() ? said_.contains(key) : !said_.insert(std::move(key)).second;
}

Diagnostic& Diagnostics::error(Span span, std::string message, std::string hint) {
    if (is_repeated(span, message)) {
        unkept_ = {};
        return unkept_;
    }
    return add({Severity::error, span, std::move(message), std::move(hint), {}});
}

Diagnostic& Diagnostics::last_error(Span span, std::string message, std::string hint) {
    auto& diagnostic = error(span, std::move(message), std::move(hint));
    done_.insert(key_of(span));
    return diagnostic;
}

Diagnostic& Diagnostics::warning(Span span, std::string message, std::string hint) {
    return add({Severity::warning, span, std::move(message), std::move(hint), {}});
}

void Diagnostics::throw_if_errors() const {
    if (has_errors()) {
        throw InputError{*this};
    }
}

InputError::InputError(Diagnostics diagnostics)
    : std::runtime_error{plain_message(diagnostics)}, diagnostics_{std::move(diagnostics)} {}

InputError::InputError(const std::string& message, std::string hint) : std::runtime_error{message} {
    diagnostics_.error({}, message, std::move(hint));
}

std::string render(const Diagnostic& diagnostic, const Source& source, bool colour) {
    const Paint paint{colour};
    std::string out;
    append(out, source, diagnostic.span, word(diagnostic.severity), diagnostic.message, paint);
    if (!diagnostic.hint.empty()) {
        out += fmt::format("  {} {}\n", paint(cyan, "hint:"), diagnostic.hint);
    }
    for (const auto& note : diagnostic.notes) {
        append(out, source, note.span, {"note", cyan}, note.message, paint);
    }
    return out;
}

std::string render(const Diagnostics& diagnostics, const Source& source, bool colour) {
    std::vector<std::reference_wrapper<const Diagnostic>> sorted{diagnostics.all().begin(),
                                                                 diagnostics.all().end()};
    std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return a.span.begin < b.span.begin;
    });
    std::string out;
    for (const auto& diagnostic : sorted) {
        out += render(diagnostic.get(), source, colour);
    }
    if (diagnostics.dropped() != 0) {
        out += fmt::format("and {} more\n", diagnostics.dropped());
    }
    return out;
}

} // namespace netlab
