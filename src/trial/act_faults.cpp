#include "scenario/step_title.h"
#include "trial/actions.h"

namespace netlab {

namespace {

/// A side is one word, its patterns with commas between them.
std::vector<std::string> words_of_sides(const PartitionAction& action) {
    std::vector<std::string> words;
    for (const auto& side : action.sides) {
        words.push_back(joined(side, ","));
    }
    return words;
}

FaultRequest request_of(const std::string& name, const PartitionAction& action) {
    FaultRequest request;
    request.name = name;
    request.shape = action.shape;
    request.seed = action.seed;
    request.one_way = action.one_way;
    request.cut = !action.cut.empty();
    request.words = request.cut            ? action.cut
                    : action.shape.empty() ? words_of_sides(action)
                                           : action.among;
    return request;
}

} // namespace

Done carry_out(LabClient& client, const std::string& name, const PartitionAction& action) {
    const auto fault = client.part(request_of(name, action));
    const nlohmann::json heal{{"do", "heal"}, {"id", fault.id}};
    return {{"undo", nlohmann::json::array({heal})}, {"said", fault.what}};
}

} // namespace netlab
