#include "base/side_by_side.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace netlab {

namespace {

/// More would hardly be faster, and each has memory of its own.
constexpr std::size_t most_threads = 16;

} // namespace

std::optional<Portions::Portion> Portions::take() {
    const auto begin = next_.fetch_add(size_, std::memory_order_relaxed);
    if (begin >= end_) {
        return std::nullopt;
    }
    return Portion{begin, std::min(begin + size_, end_)};
}

void side_by_side(std::size_t count, std::size_t portion,
                  const std::function<void(Portions&)>& work) {
    Portions portions{count, portion};
    std::exception_ptr first;
    std::mutex guard;
    const auto guarded = [&] {
        try {
            work(portions);
        } catch (...) { // it is thrown again below, by the thread that waits for all
            const std::lock_guard lock{guard};
            first = first ? first : std::current_exception();
        }
    };
    const auto useful = std::min<std::size_t>({std::max(std::thread::hardware_concurrency(), 1U),
                                               most_threads, (count + portion - 1) / portion});
    {
        std::vector<std::jthread> others;
        try {
            while (others.size() + 1 < useful) {
                others.emplace_back(guarded);
            }
        } catch (const std::system_error&) {
            // No more threads are to be had: those that are there do it all.
        }
        guarded();
    }
    if (first) {
        std::rethrow_exception(first);
    }
}

} // namespace netlab
