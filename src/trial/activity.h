#pragma once

#include "trial/instant.h"

#include <vector>

namespace netlab {

/// Something under way that never blocks: it is looked at when one of its descriptors is readable
/// and when its time has come.
class Activity {
public:
    Activity() = default;
    virtual ~Activity() = default;
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;

    /// Adds the descriptors that it waits for.
    virtual void add_fds(std::vector<int>& fds) const = 0;
    /// When it wants to be looked at, whatever its descriptors say.
    virtual Instant wake() const = 0;
    /// Goes on as far as it can. Returns whether it has ended.
    virtual bool advance(Instant now) = 0;
};

} // namespace netlab
