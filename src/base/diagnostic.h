#pragma once

#include "base/source.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

namespace netlab {

enum class Severity { error, warning };

/// A second place that explains a diagnostic ("first used here").
struct Note {
    Span span;
    std::string message;
};

/// One mistake of the user: what is wrong, where, and what to write instead.
struct Diagnostic {
    Severity severity = Severity::error;
    Span span;
    std::string message;
    std::string hint;
    std::vector<Note> notes;
};

/// Mistakes gathered on the way, so that one run shows all of them. Behind the first `kept` they
/// are only counted: a hostile file must not fill the memory with its own mistakes.
class Diagnostics {
public:
    static constexpr std::size_t kept = 1000;

    /// All return the diagnostic for notes to be added; the reference holds until the next call.
    /// An error that was said of that place before, as of a YAML anchor by each alias, is not said
    /// again.
    Diagnostic& error(Span span, std::string message, std::string hint = {});
    /// An error of which others at exactly that place can only be consequences: none follows.
    Diagnostic& last_error(Span span, std::string message, std::string hint = {});
    Diagnostic& warning(Span span, std::string message, std::string hint = {});

    bool has_errors() const { return error_count_ != 0; }
    std::size_t error_count() const { return error_count_; }
    const std::vector<Diagnostic>& all() const { return all_; }
    /// Errors and warnings that were counted but not kept.
    std::size_t dropped() const { return dropped_; }
    bool full() const { return all_.size() >= kept; }

    /// Throws InputError with everything gathered if any of it is an error.
    void throw_if_errors() const;

private:
    Diagnostic& add(Diagnostic diagnostic);
    bool is_repeated(Span span, const std::string& message);

    std::vector<Diagnostic> all_;
    Diagnostic unkept_; ///< what the caller may add notes to when the diagnostic is not kept
    std::unordered_set<std::string> said_;   ///< of the errors that are kept: place and message
    std::unordered_set<std::uint64_t> done_; ///< places of which the last was said
    std::size_t error_count_ = 0;
    std::size_t dropped_ = 0;
};

/// The user's mistakes, thrown once (exit code 2).
class InputError : public std::runtime_error {
public:
    explicit InputError(Diagnostics diagnostics);
    /// One mistake that has no place in a file, such as a wrong argument.
    explicit InputError(const std::string& message, std::string hint = {});

    const Diagnostics& diagnostics() const { return diagnostics_; }

private:
    Diagnostics diagnostics_;
};

/// `file:line:column: error: message`, the source line, a caret, the hint, the notes. Control
/// characters of the file are shown escaped. `colour` adds ANSI colours.
std::string render(const Diagnostic& diagnostic, const Source& source, bool colour = false);
/// All of them in order of place, errors and warnings mixed.
std::string render(const Diagnostics& diagnostics, const Source& source, bool colour = false);

} // namespace netlab
