#include "control/link_json.h"

#include <array>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using nlohmann::json;

constexpr std::array<const char*, 5> verbs{"set", "reset", "clear", "down", "up"};

json counters_json(const WireCounters& counters) {
    return {{"frames", counters.frames},
            {"bytes", counters.bytes},
            {"lost", counters.lost},
            {"dropped", counters.dropped},
            {"waiting", counters.waiting}};
}

WireCounters counters_from(const json& value) {
    return {value.at("frames"), value.at("bytes"), value.at("lost"), value.at("dropped"),
            value.at("waiting")};
}

json end_json(const LinkEndAnswer& end) {
    return {{"node", end.node},
            {"interface", end.interface},
            {"down", end.down},
            {"engine", end.engine},
            {"file", end.file},
            {"now", end.now},
            {"wire", end.wire ? counters_json(*end.wire) : json()}};
}

LinkEndAnswer end_from(const json& value) {
    LinkEndAnswer end;
    value.at("node").get_to(end.node);
    value.at("interface").get_to(end.interface);
    value.at("down").get_to(end.down);
    value.at("engine").get_to(end.engine);
    end.file = value.at("file").get<Properties>();
    end.now = value.at("now").get<Properties>();
    if (!value.at("wire").is_null()) {
        end.wire = counters_from(value.at("wire"));
    }
    return end;
}

} // namespace

json link_change_json(const LinkChange& change) {
    return {{"verb", verbs.at(static_cast<std::size_t>(change.verb))},
            {"targets", change.targets},
            {"properties", change.properties}};
}

LinkChange link_change_from(const json& value) {
    LinkChange change;
    const auto verb = value.at("verb").get<std::string>();
    for (std::size_t i = 0; i < verbs.size(); ++i) {
        if (verb == verbs.at(i)) {
            change.verb = static_cast<LinkVerb>(i);
            change.targets = value.at("targets").get<std::vector<std::string>>();
            change.properties = value.at("properties").get<Properties>();
            return change;
        }
    }
    throw std::runtime_error{"the control socket carried a change that is none"};
}

json link_answer_json(const LinkAnswer& answer) {
    auto ends = json::array();
    for (const auto& end : answer.ends) {
        ends.push_back(end_json(end));
    }
    return {{"name", answer.name},
            {"segment", answer.segment},
            {"down", answer.down},
            {"engine", answer.engine},
            {"ends", std::move(ends)}};
}

LinkAnswer link_answer_from(const json& value) {
    LinkAnswer answer;
    value.at("name").get_to(answer.name);
    value.at("segment").get_to(answer.segment);
    value.at("down").get_to(answer.down);
    value.at("engine").get_to(answer.engine);
    for (const auto& end : value.at("ends")) {
        answer.ends.push_back(end_from(end));
    }
    return answer;
}

} // namespace netlab
