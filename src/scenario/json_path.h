#pragma once

#include "document/document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace netlab {

/// A way to values in a JSON text, a part of RFC 9535: `$`, `.name`, `['name']`, `[0]`, `[-1]`,
/// `[*]`, `.*`; the `$` may be left out.
class JsonPath {
public:
    /// nullopt if `text` is none.
    static std::optional<JsonPath> parse(std::string_view text);

    /// All values that it leads to.
    std::vector<const Value*> find(const Value& root) const;

private:
    struct Any {};
    using Part = std::variant<std::string, std::int64_t, Any>;

    /// Takes the first part off `text`; nullopt if it begins with none.
    static std::optional<Part> take_part(std::string_view& text);

    std::vector<Part> parts_;
};

} // namespace netlab
