#pragma once

#include "base/impairment.h"
#include "topology/fields.h"
#include "topology/report_once.h"
#include "topology/trace_files.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// A property of a link as one place of the file says it.
struct SaidProperty {
    std::string key;
    std::string text; ///< as set_property reads it; of a trace, its path
    SharedTrace trace;
    Span span;
    bool used = false;           ///< some direction has what this modifies
    std::optional<Refusal> idle; ///< some direction has not
};

/// What an endpoint, a link or `defaults.link` says of what happens to frames.
struct ImpairmentLayer {
    std::vector<SaidProperty> properties;
    bool unclear = false; ///< some of it was not understood: what goes with it cannot be judged

    SaidProperty* find(std::string_view key);
};

/// Takes the keys of impairments. Comes behind all other keys of the object, so that a misspelled
/// one is seen as such.
ImpairmentLayer read_impairments(Fields& fields, TraceFiles& traces, Input& input);

/// `auto`, `kernel` or `user`.
std::optional<Said<Engine>> read_engine(const Value& value, Input& input);

/// Lays endpoint over link over `defaults.link`, property by property, and reports what does not
/// go together. A modifier (`queue`, `correlation`, `distribution`) that comes from further out
/// holds for the directions that have what it modifies; it is a mistake where none has.
class LinkImpairments {
public:
    explicit LinkImpairments(ReportOnce& once) : once_{once} {}

    void set_defaults(ImpairmentLayer layer) { defaults_ = std::move(layer); }
    /// What leaves each of `ends`, in order.
    std::vector<Impairment> settle(ImpairmentLayer& link, const std::vector<ImpairmentLayer*>& ends,
                                   const std::optional<Said<Engine>>& engine);
    /// A link that was not understood: it might have used what seems to be of no use.
    void lose_link() { lost_ = true; }
    /// Reports the defaults that no link could use.
    void finish();

private:
    struct Layers;
    Impairment settle_end(const Layers& layers);
    void judge(Impairment& all, const Layers& layers);
    void refuse(const Refusal& wrong, const Layers& layers);
    void refuse_trace(const Layers& layers, Span engine);
    void report_idle(const ImpairmentLayer& layer);

    ReportOnce& once_;
    ImpairmentLayer defaults_;
    bool lost_ = false;
};

} // namespace netlab
