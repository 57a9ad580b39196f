#include "cli/reachability_output.h"
#include "plan/families.h"

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using json = nlohmann::ordered_json;

json to_value(const ReachedAddress& reached) {
    const auto& outcome = reached.outcome;
    return {{"address", to_string(reached.address)},
            {"answered", outcome.time.has_value()},
            {"milliseconds",
             outcome.time ? json(std::chrono::duration<double, std::milli>(*outcome.time).count())
                          : json()},
            {"tries", outcome.tries},
            {"error", outcome.trouble}};
}

json to_value(const Reachability& found, const ReachedPair& pair) {
    json value{{"from", found.from[pair.from]},
               {"to", found.to[pair.to]},
               {"answered", pair.answered()},
               {"ipv4", nullptr},
               {"ipv6", nullptr}};
    for (const auto& reached : pair.addresses) {
        value[std::string{family_key(reached.address.family)}] = to_value(reached);
    }
    return value;
}

} // namespace

std::string reachability_to_json(const Reachability& found, Duration took) {
    auto pairs = json::array();
    std::size_t answered = 0;
    for (const auto& pair : found.pairs) {
        pairs.push_back(to_value(found, pair));
        answered += pair.answered() ? 1 : 0;
    }
    const json value{{"asked", found.pairs.size()},
                     {"answered", answered},
                     {"seconds", std::chrono::duration<double>(took).count()},
                     {"pairs", std::move(pairs)}};
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace netlab
