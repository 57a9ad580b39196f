#include "support/golden.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace netlab::test {

namespace {

std::string line_at(std::string_view text, std::size_t offset) {
    const auto begin = text.rfind('\n', offset == 0 ? 0 : offset - 1);
    const auto start = begin == std::string_view::npos || offset == 0 ? 0 : begin + 1;
    const auto end = text.find('\n', offset);
    return std::string{text.substr(start, end == std::string_view::npos ? end : end - start)};
}

} // namespace

std::string source_path(const std::string& relative) {
    return std::string{NETLAB_SOURCE_DIR} + "/" + relative;
}

std::string source_text(const std::string& relative) {
    std::ifstream file{source_path(relative), std::ios::binary};
    if (!file) {
        throw std::runtime_error{"cannot read " + source_path(relative)};
    }
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string golden_text(const std::string& name) {
    return source_text("tests/golden/" + name);
}

std::string golden_difference(const std::string& name, std::string_view actual) {
    const auto path = source_path("tests/golden/" + name);
    if (std::getenv("NETLAB_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
        std::ofstream{path, std::ios::binary} << actual;
        return {};
    }
    if (!std::filesystem::exists(path)) {
        return name + " does not exist; scripts/update-golden writes it";
    }
    const auto expected = golden_text(name);
    if (expected == actual) {
        return {};
    }
    const auto offset = static_cast<std::size_t>(
        std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end()).first -
        expected.begin());
    std::ostringstream text;
    text << name << " differs at byte " << offset << "\n  golden: " << line_at(expected, offset)
         << "\n  actual: " << line_at(actual, std::min(offset, actual.size()))
         << "\nwhole actual text:\n"
         << actual;
    return text.str();
}

} // namespace netlab::test
