#include "cli/fault_json.h"

#include <nlohmann/json.hpp>

namespace netlab {

std::string faults_to_json(const std::vector<FaultAnswer>& faults) {
    using json = nlohmann::ordered_json;
    auto values = json::array();
    for (const auto& fault : faults) {
        auto apart = json::array();
        for (const auto& [from, to] : fault.apart) {
            apart.push_back({{"from", from}, {"to", to}});
        }
        values.push_back({{"id", fault.id},
                          {"kind", fault.kind},
                          {"what", fault.what},
                          {"since", fault.since},
                          {"command", fault.command},
                          {"apart", std::move(apart)},
                          {"links", fault.links},
                          {"nodes", fault.nodes}});
    }
    return values.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace netlab
