#pragma once

#include "base/impairment.h"

#include <string>
#include <system_error>

namespace netlab {

/// What this kernel's netem can do, as tried.
struct NetemAbility {
    bool netem = false;
    bool seed = false; ///< Linux 6.6 has a seed; an older one takes it and forgets it
    std::string why;   ///< the kernel's words, if it cannot do netem at all
};

/// Tries it on `lo` of the calling thread's network namespace, which is as before afterwards.
/// Throws std::system_error.
NetemAbility try_netem();

/// Whether a request for netem that failed like this says that there is none, or none for us.
bool tells_of_no_netem(const std::error_code& error);

/// Why the kernel cannot shape like this ("this kernel has no netem", "netem plays no traces", …);
/// empty if it can.
std::string netem_refuses(const NetemAbility& ability, const Impairment& impairment);

} // namespace netlab
