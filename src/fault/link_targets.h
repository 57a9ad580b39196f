#pragma once

#include "base/ids.h"
#include "plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// A link, or one end of it.
struct LinkTarget {
    LinkId link{};
    std::optional<std::uint32_t> end; ///< index in the link's ends

    bool operator==(const LinkTarget&) const = default;
};

/// What `patterns` name: links (`r1-r2`), ends (`r1:eth1`), ranges of both, `all`. Throws
/// InputError for what names none, with a suggestion.
std::vector<LinkTarget> select_links(const Plan& plan, const std::vector<std::string>& patterns);

} // namespace netlab
