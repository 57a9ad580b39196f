#include "node/start_gate.h"

#include "sys/check.h"

#include <climits>
#include <utility>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

using Word = std::atomic<std::uint32_t>;

void futex_wait(Word& word, std::uint32_t seen, std::chrono::seconds patience) {
    const timespec timeout{patience.count(), 0};
    ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, &timeout, nullptr, 0);
}

void futex_wake(Word& word) {
    ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

} // namespace

// Zeros are words, too: Step::cloned of all nodes.
StartGate::StartGate(std::size_t nodes) : memory_{"netlab-gate", (nodes + 1) * sizeof(Word)} {}

StartGate::StartGate(UniqueFd file) : memory_{std::move(file)} {}

std::atomic<std::uint32_t>& StartGate::word(std::size_t node) const {
    return reinterpret_cast<Word*>(memory_.bytes().data())[node];
}

void StartGate::open(std::size_t node, Step step) {
    word(node).store(static_cast<std::uint32_t>(step), std::memory_order_release);
    futex_wake(word(node));
}

bool StartGate::wait(std::size_t node, Step step, std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto seen = word(node).load(std::memory_order_acquire);
        if (seen >= static_cast<std::uint32_t>(step)) {
            return true;
        }
        const auto left =
            std::chrono::ceil<std::chrono::seconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return false;
        }
        futex_wait(word(node), seen, left);
    }
}

} // namespace netlab
