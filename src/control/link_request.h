#pragma once

#include "fault/link_change.h"
#include "packet/wire_process.h"

#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// One end of a link, and what happens to frames that leave it.
struct LinkEndAnswer {
    std::string node;
    std::string interface;
    bool down = false;  ///< its cable is cut
    std::string engine; ///< of its cable: none (a veth pair and nothing else), kernel (netem), user
    Properties file;    ///< as the topology file says
    Properties now;
    std::optional<WireCounters> wire; ///< what netlab's own wires counted; nullopt without them
};

struct LinkAnswer {
    std::string name;
    bool segment = false; ///< a LAN segment of three or more ends
    bool down = false;    ///< all its cables are cut
    std::string engine;   ///< of its ends; where they differ user before kernel before none
    std::vector<LinkEndAnswer> ends;
};

} // namespace netlab
