#include "cli/service_targets.h"

#include "base/diagnostic.h"
#include "base/quote.h"

namespace netlab {

std::vector<ServiceTarget> parse_targets(const std::vector<std::string>& words) {
    std::vector<ServiceTarget> targets;
    for (const auto& word : words) {
        const auto slash = word.find('/');
        if (slash == 0 || (slash != std::string::npos && slash + 1 == word.size())) {
            throw InputError{quoted(word) + " is neither a node nor a service",
                             "a service is NODE/SERVICE, as netlab ps lists them"};
        }
        targets.push_back({word.substr(0, slash),
                           slash == std::string::npos ? std::string{} : word.substr(slash + 1)});
    }
    return targets;
}

} // namespace netlab
