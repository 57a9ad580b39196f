#pragma once

#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// The settings below /proc/sys/net/{ipv4,ipv6}/{conf,neigh}/INTERFACE of an interface of this
/// thread's network namespace, which the kernel forgets with the interface. Each file by its path
/// below /proc/sys/net without the interface (`ipv4/conf`, `rp_filter`).
class InterfaceSysctls {
public:
    /// Reads all that can be read; of an interface that is not there nothing.
    explicit InterfaceSysctls(int index);

    /// Writes those that are not so on the interface called `name`. Returns the paths of those that
    /// the kernel refused.
    std::vector<std::string> restore(const std::string& name) const;

private:
    struct Setting {
        std::string family; ///< `ipv4/conf`
        std::string key;
        std::string value;
    };
    std::vector<Setting> settings_;
};

} // namespace netlab
