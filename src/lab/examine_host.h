#pragma once

#include <string>
#include <vector>

namespace netlab {

enum class Health {
    good,
    limited, ///< labs run, some not or not with all that they ask for
    missing, ///< no lab can run
};

/// What a host can or cannot do for labs.
struct Finding {
    std::string subject; ///< `user namespaces`
    Health health = Health::good;
    std::string words; ///< what was found, and what it means for a lab
    std::string cure;  ///< what to do; empty where nothing is wrong
};

/// Tries what labs need and reads the limits that they meet. Nothing is left of it. The caller has
/// one thread. Throws std::system_error where not even that can be tried.
std::vector<Finding> examine_host();

/// `good`, `limited`, `missing`.
std::string to_string(Health health);

} // namespace netlab
