#include "netlink/interface_sysctls.h"

#include "sys/text_file.h"

#include <array>
#include <filesystem>
#include <system_error>

#include <net/if.h>

namespace netlab {

namespace {

constexpr std::array<const char*, 4> families{"ipv4/conf", "ipv6/conf", "ipv4/neigh", "ipv6/neigh"};

std::string folder_of(const std::string& family, const std::string& interface) {
    return "/proc/sys/net/" + family + "/" + interface + "/";
}

} // namespace

InterfaceSysctls::InterfaceSysctls(int index) {
    std::array<char, IF_NAMESIZE> name{};
    if (::if_indextoname(static_cast<unsigned>(index), name.data()) == nullptr) {
        return;
    }
    for (const std::string family : families) {
        std::error_code none; // a family may be missing
        for (const auto& file :
             std::filesystem::directory_iterator{folder_of(family, name.data()), none}) {
            // Some can only be written, and some have no value yet.
            auto value = read_file_or(file.path().string(), "");
            if (!value.empty()) {
                settings_.push_back({family, file.path().filename().string(), std::move(value)});
            }
        }
    }
}

std::vector<std::string> InterfaceSysctls::restore(const std::string& name) const {
    std::vector<std::string> refused;
    for (const auto& [family, key, value] : settings_) {
        const auto path = folder_of(family, name) + key;
        if (read_file_or(path, value) == value) {
            continue;
        }
        try {
            write_file(path, value);
        } catch (const std::system_error&) {
            refused.push_back(path);
        }
    }
    return refused;
}

} // namespace netlab
