#include "plan/make_plan.h"
#include "topology/load_topology.h"

#include <cstddef>
#include <cstdint>
#include <string>

/// libfyaml 0.7.12 loses the chunks of a quoted scalar with many escapes. Ours to know, not ours to
/// mend.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:fy_atom_iter_grow_chunk";
}

/// The first byte chooses the syntax, the rest is the file. Whatever it is: no crash, no hang, and
/// an error or a plan.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string name = (bytes[0] & 1U) != 0 ? "lab.yaml" : "lab.json";
    const netlab::Source source{name,
                                std::string{reinterpret_cast<const char*>(bytes) + 1, size - 1}};
    netlab::Diagnostics diagnostics;
    const auto topology = netlab::load_topology(source, "/nonexistent", diagnostics);
    if (!topology.uncertain && topology.nodes.size() + topology.links.size() < 300) {
        netlab::make_plan(topology, diagnostics);
    }
    netlab::render(diagnostics, source, true);
    return 0;
}
