#pragma once

#include "base/diagnostic.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>

namespace netlab {

/// Reports mistakes that show only where layers meet: one in a group is one mistake, however many
/// nodes take it.
class ReportOnce {
public:
    explicit ReportOnce(Diagnostics& diagnostics) : diagnostics_{diagnostics} {}

    /// Whether nothing was said of this place before; from now on something was.
    bool is_new(Span span) { return seen_.emplace(span.begin, span.end).second; }

    /// The new diagnostic, or nullptr if this place was complained of before.
    Diagnostic* error(Span span, std::string message, std::string hint = {}) {
        if (!is_new(span)) {
            return nullptr;
        }
        return &diagnostics_.error(span, std::move(message), std::move(hint));
    }

private:
    Diagnostics& diagnostics_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen_;
};

} // namespace netlab
