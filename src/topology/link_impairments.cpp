#include "topology/link_impairments.h"

#include "base/impairment_clash.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

/// Those of one direction, the innermost last.
struct LinkImpairments::Layers {
    std::array<ImpairmentLayer*, 3> outer_first;

    /// Where the property that holds is said, or nullptr.
    SaidProperty* find(std::string_view key) const { return outer_first.at(depth(key))->find(key); }
    /// In which layer that is: 0 is the outermost, also of what nobody said.
    std::size_t depth(std::string_view key) const {
        std::size_t depth = outer_first.size() - 1;
        while (depth > 0 && outer_first.at(depth)->find(key) == nullptr) {
            --depth;
        }
        return depth;
    }
    bool unclear() const {
        return outer_first[0]->unclear || outer_first[1]->unclear || outer_first[2]->unclear;
    }
};

namespace {

constexpr std::array<std::string_view, 3> modifiers{"queue", "correlation", "distribution"};

bool is_modifier(std::string_view key) {
    return std::ranges::find(modifiers, key) != modifiers.end();
}

} // namespace

std::vector<Impairment> LinkImpairments::settle(ImpairmentLayer& link,
                                                const std::vector<ImpairmentLayer*>& ends,
                                                const std::optional<Said<Engine>>& engine) {
    std::vector<Impairment> leaving;
    for (auto* end : ends) {
        const Layers layers{{&defaults_, &link, end}};
        leaving.push_back(settle_end(layers));
        if (leaving.back().trace && engine && engine->value == Engine::kernel) {
            refuse_trace(layers, engine->span);
        }
    }
    report_idle(link);
    for (const auto* end : ends) {
        report_idle(*end);
    }
    return leaving;
}

void LinkImpairments::refuse_trace(const Layers& layers, Span engine) {
    if (layers.unclear()) {
        return;
    }
    if (auto* error =
            once_.error(layers.find("trace")->span, "the kernel engine cannot play a trace",
                        R"(write "engine": "user", or "auto")")) {
        error->notes.push_back({engine, "the engine is chosen here"});
    }
}

Impairment LinkImpairments::settle_end(const Layers& layers) {
    Impairment all;
    for (auto* layer : layers.outer_first) {
        for (const auto& said : layer->properties) {
            if (said.key == "trace") {
                all.trace = said.trace;
            } else {
                set_property(all, said.key, said.text);
            }
        }
    }
    judge(all, layers);
    return all;
}

/// Takes away what does not go with the rest, so that one mistake does not hide another.
void LinkImpairments::judge(Impairment& all, const Layers& layers) {
    std::vector<const SaidProperty*> idle;
    bool random_is_clear = true;
    while (const auto wrong = find_clash(all)) {
        auto* said = layers.find(wrong->key);
        const bool about_chance = wrong->key == "correlation" || wrong->key == "distribution";
        const bool clear = !layers.unclear() && (random_is_clear || !about_chance);
        if (clear && is_modifier(wrong->key)) {
            said->idle = wrong;
            idle.push_back(said);
        } else if (clear) {
            refuse(*wrong, layers);
            random_is_clear = false;
        }
        set_property(all, wrong->key, neutral_text(wrong->key));
    }
    for (const auto key : modifiers) {
        auto* said = layers.find(key);
        if (said != nullptr && std::ranges::find(idle, said) == idle.end()) {
            said->used = true;
        }
    }
}

void LinkImpairments::refuse(const Refusal& wrong, const Layers& layers) {
    const auto* other = wrong.key == "rate" ? "trace" : "delay";
    const auto* said = layers.find(wrong.key);
    const auto* other_said = layers.find(other);
    auto* error =
        once_.error(said->span, fmt::format("'{}' {}", wrong.key, wrong.message), wrong.hint);
    if (error == nullptr || other_said == nullptr) {
        return;
    }
    error->notes.push_back({other_said->span, fmt::format("'{}' is said here", other)});
    if (wrong.key == "rate" && layers.depth(wrong.key) != layers.depth(other)) {
        const bool rate_is_inherited = layers.depth(wrong.key) < layers.depth(other);
        error->hint = fmt::format(R"("{}": "none" takes away the one that is inherited)",
                                  rate_is_inherited ? wrong.key : other);
    }
}

void LinkImpairments::report_idle(const ImpairmentLayer& layer) {
    for (const auto& said : layer.properties) {
        if (said.idle && !said.used) {
            once_.error(said.span, fmt::format("'{}' {}", said.key, said.idle->message),
                        said.idle->hint);
        }
    }
}

void LinkImpairments::finish() {
    if (!lost_) {
        report_idle(defaults_);
    }
}

} // namespace netlab
