#include "scenario/made_step.h"

namespace netlab {

Value made(Span span, Content content) {
    return {span, std::move(content)};
}

Value made_map(Span span, Members members) {
    Map map;
    for (auto& member : members) {
        map.members.push_back({std::move(member.first), span, std::move(member.second)});
    }
    return made(span, std::move(map));
}

Value made_step(Span span, std::string_view verb, Members members) {
    return made_map(span, {{std::string{verb}, made_map(span, std::move(members))}});
}

Value delayed(Value step, const std::string& time) {
    auto& members = std::get<Map>(step.content).members;
    members.insert(members.begin(), {"at", step.span, made(step.span, "+" + time)});
    return step;
}

} // namespace netlab
