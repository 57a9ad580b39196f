#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>

namespace netlab {

/// Numbers from 0 to some end, given out to threads in portions.
class Portions {
public:
    struct Portion {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    Portions(std::size_t end, std::size_t size) : end_{end}, size_{size} {}

    /// The next portion that no thread has; nullopt at the end.
    std::optional<Portion> take();

private:
    std::atomic<std::size_t> next_ = 0;
    std::size_t end_;
    std::size_t size_;
};

/// Calls `work` in as many threads as there are processors, each of which takes portions of the
/// numbers below `count` until there are none; in this thread alone where there are fewer than two
/// portions. Throws the first exception that work threw, when all have ended.
void side_by_side(std::size_t count, std::size_t portion,
                  const std::function<void(Portions&)>& work);

} // namespace netlab
