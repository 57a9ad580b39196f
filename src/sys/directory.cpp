#include "sys/directory.h"

#include "sys/check.h"

namespace netlab {

std::vector<std::filesystem::directory_entry> entries_of(const std::filesystem::path& directory) {
    // Not a range-for: what that throws in the middle does not say of which directory.
    std::vector<std::filesystem::directory_entry> entries;
    std::error_code error;
    std::filesystem::directory_iterator next{directory, error};
    while (!error && next != std::filesystem::directory_iterator{}) {
        entries.push_back(*next);
        next.increment(error);
    }
    if (error) {
        throw_errno(error.value(), "list " + directory.string());
    }
    return entries;
}

} // namespace netlab
