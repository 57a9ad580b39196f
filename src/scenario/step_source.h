#pragma once

#include "scenario/choices.h"
#include "scenario/reading.h"
#include "scenario/scenario.h"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace netlab {

/// The steps of a scenario: checked against a topology, and drawn by a seed.
class StepSource {
public:
    /// All three outlive this. Adds every mistake of the steps to `diagnostics`.
    StepSource(const Scenario& scenario, const Source& source, const Topology& topology,
               Diagnostics& diagnostics);

    /// The steps with their choices made, which depend on `choices` alone. Throws InputError where
    /// a choice leads to a mistake (sides that overlap, say).
    std::vector<Step> draw(const List& steps, const Choices& choices) const;

    const Scenario& scenario() const { return scenario_; }
    const Source& source() const { return source_; }

private:
    void check(const List& steps, Reading& reading, int depth);
    void check_step(const Value& value, Reading& reading, int depth);
    void check_ready(const Step& step, Reading& reading, int depth);

    const Scenario& scenario_;
    const Source& source_;
    std::filesystem::path directory_;
    LabNames names_;
    std::map<std::string, Span> faults_;      ///< named by the file
    std::map<std::string, Span> backgrounds_; ///< named by the file
    std::size_t count_ = 0;                   ///< of steps that were checked
    Span first_act_;                          ///< the first step that did not wait
    bool may_be_down_ = false;                ///< some node may have to become ready again
};

} // namespace netlab
