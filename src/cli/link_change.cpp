#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/link_json.h"
#include "cli/link_state.h"
#include "cli/link_text.h"
#include "cli/output.h"

#include <fmt/format.h>

namespace netlab {

namespace {

/// More links than this are counted, not listed.
constexpr std::size_t most_lines = 100;

/// A link of two ends is one cable, whichever end was named; of a segment each end has its own.
std::string outcome(const LinkAnswer& link, const LinkOptions& options, const char* state) {
    const auto ends = named_ends(link, options.targets);
    if (!link.segment || ends.empty() || names_link(link, options.targets)) {
        return fmt::format("{} is {}\n", link.name, state);
    }
    std::string text;
    for (const auto& end : ends) {
        text += fmt::format("{}: {} is {}\n", link.name, name_of(end), state);
    }
    return text;
}

std::string outcome(LinkVerb verb, const LinkAnswer& link, const LinkOptions& options) {
    return verb == LinkVerb::down ? outcome(link, options, "down")
           : verb == LinkVerb::up
               ? outcome(link, options, link.down ? "still down, by another fault" : "up")
               : describe(link);
}

} // namespace

int run_link_change(LinkVerb verb, const LinkOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto links = client.change_links({verb, options.targets, options.properties});
    if (options.json) {
        NodeVisits visits{client};
        print(stdout, links_to_json(links, read_end_states(visits, links)));
        return 0;
    }
    std::string text;
    if (links.size() > most_lines) {
        text = counted(links.size(), "link") + " changed\n";
    } else {
        for (const auto& link : links) {
            text += outcome(verb, link, options);
        }
    }
    print(stdout, text);
    return 0;
}

} // namespace netlab
