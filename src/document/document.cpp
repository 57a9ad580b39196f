#include "document/document.h"

#include <algorithm>
#include <array>

namespace netlab {

const Member* Map::find(std::string_view key) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [key](const Member& m) { return m.key == key; });
    return found == members.end() ? nullptr : &*found;
}

std::string_view describe_type(const Value& value) {
    constexpr std::array<std::string_view, 6> words{"null",     "a boolean", "a number",
                                                    "a string", "a list",    "an object"};
    return words[value.content.index()];
}

std::size_t memory_of(const Value& value) {
    auto sum = sizeof(Value);
    if (const auto* text = value.as_string()) {
        sum += text->size();
    } else if (const auto* list = value.as_list()) {
        for (const auto& item : *list) {
            sum += memory_of(item);
        }
    } else if (const auto* map = value.as_map()) {
        for (const auto& member : map->members) {
            sum += sizeof(Member) + member.key.size() + memory_of(member.value);
        }
    }
    return sum;
}

} // namespace netlab
