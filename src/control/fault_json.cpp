#include "control/fault_json.h"

#include <nlohmann/json.hpp>

namespace netlab {

using nlohmann::json;

json fault_request_json(const FaultRequest& request) {
    return {{"words", request.words},
            {"shape", request.shape},
            {"seed", request.seed ? json(*request.seed) : json()},
            {"one_way", request.one_way},
            {"cut", request.cut},
            {"cheapest", request.cheapest},
            {"name", request.name},
            {"all", request.all}};
}

FaultRequest fault_request_from(const json& value) {
    FaultRequest request;
    value.at("words").get_to(request.words);
    value.at("shape").get_to(request.shape);
    if (!value.at("seed").is_null()) {
        request.seed = value.at("seed").get<std::uint64_t>();
    }
    value.at("one_way").get_to(request.one_way);
    value.at("cut").get_to(request.cut);
    value.at("cheapest").get_to(request.cheapest);
    value.at("name").get_to(request.name);
    value.at("all").get_to(request.all);
    return request;
}

namespace {

/// A pair of two pairs of words would become an object: what nlohmann's lists in braces guess.
json apart_json(const FaultAnswer& answer) {
    auto all = json::array();
    for (const auto& [from, to] : answer.apart) {
        all.push_back(json::array({json(from), json(to)}));
    }
    return all;
}

} // namespace

json fault_answer_json(const FaultAnswer& answer) {
    return {{"id", answer.id},           {"kind", answer.kind},   {"what", answer.what},
            {"command", answer.command}, {"since", answer.since}, {"apart", apart_json(answer)},
            {"links", answer.links},     {"nodes", answer.nodes}, {"refusal", answer.refusal}};
}

FaultAnswer fault_answer_from(const json& value) {
    FaultAnswer answer;
    value.at("id").get_to(answer.id);
    value.at("kind").get_to(answer.kind);
    value.at("what").get_to(answer.what);
    value.at("command").get_to(answer.command);
    value.at("since").get_to(answer.since);
    value.at("apart").get_to(answer.apart);
    value.at("links").get_to(answer.links);
    value.at("nodes").get_to(answer.nodes);
    value.at("refusal").get_to(answer.refusal);
    return answer;
}

} // namespace netlab
