#include "control/fault_json.h"

#include <cstddef>
#include <stdexcept>
#include <unordered_map>

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

/// Names that are written once. In a ring of thousands each node is apart from nearly all others:
/// as runs of numbers the lists stay short.
class Names {
public:
    /// `[first, count, first, count, …]`.
    json runs_of(const std::vector<std::string>& names) {
        std::vector<std::size_t> runs;
        for (const auto& name : names) {
            const auto number = numbers_.try_emplace(name, all_.size()).first->second;
            if (number == all_.size()) {
                all_.push_back(name);
            }
            if (!runs.empty() && number == runs[runs.size() - 2] + runs.back()) {
                ++runs.back();
            } else {
                runs.insert(runs.end(), {number, 1});
            }
        }
        return runs;
    }
    const std::vector<std::string>& all() const { return all_; }

private:
    std::vector<std::string> all_;
    std::unordered_map<std::string, std::size_t> numbers_;
};

std::vector<std::string> names_of(const json& runs, const std::vector<std::string>& all) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i + 1 < runs.size(); i += 2) {
        const auto first = runs.at(i).get<std::size_t>();
        const auto count = runs.at(i + 1).get<std::size_t>();
        if (first > all.size() || count > all.size() - first) {
            throw std::runtime_error{"the control socket carried a fault of nodes without names"};
        }
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        names.insert(names.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
    }
    return names;
}

/// A pair of two pairs of words would become an object: what nlohmann's lists in braces guess.
json apart_json(const FaultAnswer& answer) {
    Names names;
    auto all = json::array();
    for (const auto& [from, to] : answer.apart) {
        all.push_back(json::array({names.runs_of(from), names.runs_of(to)}));
    }
    return {{"names", names.all()}, {"runs", std::move(all)}};
}

std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>>
apart_from(const json& value) {
    const auto all = value.at("names").get<std::vector<std::string>>();
    std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> apart;
    for (const auto& one : value.at("runs")) {
        apart.emplace_back(names_of(one.at(0), all), names_of(one.at(1), all));
    }
    return apart;
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
    answer.apart = apart_from(value.at("apart"));
    value.at("links").get_to(answer.links);
    value.at("nodes").get_to(answer.nodes);
    value.at("refusal").get_to(answer.refusal);
    return answer;
}

} // namespace netlab
