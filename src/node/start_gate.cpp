#include "node/start_gate.h"

#include "sys/check.h"

#include <climits>

#include <linux/futex.h>
#include <sys/mman.h>
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

StartGate::StartGate(std::size_t nodes) {
    void* memory = ::mmap(nullptr, (nodes + 1) * sizeof(Word), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw_errno(errno, "share memory with the nodes");
    }
    words_ = {static_cast<Word*>(memory), nodes + 1};
}

StartGate::~StartGate() {
    leave();
}

void StartGate::leave() {
    if (!words_.empty()) {
        ::munmap(words_.data(), words_.size_bytes());
        words_ = {};
    }
}

void StartGate::open(std::size_t node, Step step) {
    words_[node].store(static_cast<std::uint32_t>(step), std::memory_order_release);
    futex_wake(words_[node]);
}

bool StartGate::wait(std::size_t node, Step step, std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto seen = words_[node].load(std::memory_order_acquire);
        if (seen >= static_cast<std::uint32_t>(step)) {
            return true;
        }
        const auto left =
            std::chrono::ceil<std::chrono::seconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return false;
        }
        futex_wait(words_[node], seen, left);
    }
}

} // namespace netlab
