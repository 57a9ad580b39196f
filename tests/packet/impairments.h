#pragma once

#include "base/impairment.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace netlab::test {

using Properties = std::vector<std::pair<std::string, std::string>>;

/// Such as set_property reads them: {{"delay", "10ms"}}.
inline Impairment impairment(const Properties& properties) {
    Impairment all;
    for (const auto& [key, text] : properties) {
        if (const auto refusal = set_property(all, key, text)) {
            throw std::invalid_argument(key + " " + refusal->message);
        }
    }
    return all;
}

} // namespace netlab::test
