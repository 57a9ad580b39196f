#include "sys/id_map.h"

#include "base/number.h"
#include "base/split.h"
#include "sys/text_file.h"

#include <fmt/format.h>

namespace netlab {

IdMap parse_id_map(std::string_view text) {
    IdMap map;
    for (const auto line : split(text, '\n')) {
        const auto words = split_words(line);
        if (words.size() != 3) {
            break;
        }
        const auto inside = to_number<std::uint32_t>(words[0]);
        const auto outside = to_number<std::uint32_t>(words[1]);
        const auto count = to_number<std::uint32_t>(words[2]);
        if (!inside || !outside || !count) {
            break;
        }
        map.push_back({*inside, *outside, *count});
    }
    return map;
}

std::string to_text(const IdMap& map) {
    std::string text;
    for (const auto& [inside, outside, count] : map) {
        text += fmt::format("{} {} {}\n", inside, outside, count);
    }
    return text;
}

IdMap identity_of(const IdMap& lab) {
    IdMap map;
    for (const auto& extent : lab) {
        map.push_back({extent.inside, extent.inside, extent.count});
    }
    return map;
}

void write_id_map_files(pid_t pid, const std::string& uids, const std::string& gids) {
    write_file(fmt::format("/proc/{}/uid_map", pid), uids);
    write_file(fmt::format("/proc/{}/gid_map", pid), gids);
}

} // namespace netlab
