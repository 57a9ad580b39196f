#include "lab/spawner_program.h"

#include "sys/own_program.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef NETLAB_SPAWNER
// C++20 has no other way to take a file in.
asm(".section .rodata\n"
    ".balign 16\n"
    ".globl netlab_spawner_begin\n"
    "netlab_spawner_begin:\n"
    ".incbin \"" NETLAB_SPAWNER "\"\n"
    ".globl netlab_spawner_end\n"
    "netlab_spawner_end:\n"
    ".text\n");

extern "C" {
extern const std::byte netlab_spawner_begin[];
extern const std::byte netlab_spawner_end[];
}
#endif

namespace netlab {

namespace {

constexpr unsigned int can_be_run = 0x10; // MFD_EXEC of Linux 6.3, which older headers lack

std::span<const std::byte> spawner() {
#ifdef NETLAB_SPAWNER
    return {netlab_spawner_begin, netlab_spawner_end};
#else
    return {};
#endif
}

/// A file that can be run: since Linux 6.3 that is to be said, before it cannot be
/// (memfd_create(2)).
UniqueFd executable_memory() {
    constexpr unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    const char* const name = "netlab-node";
    const int fd = ::memfd_create(name, flags | can_be_run);
    return UniqueFd{fd >= 0 || errno != EINVAL ? fd : ::memfd_create(name, flags)};
}

} // namespace

SpawnerProgram::SpawnerProgram() {
    const auto bytes = spawner();
    if (bytes.empty() || are_namespaces_by_path()) {
        return;
    }
    auto file = executable_memory();
    // The nodes' root has it as /proc/1/exe.
    constexpr int sealed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (file &&
        ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
        ::fcntl(file.get(), F_ADD_SEALS, sealed) == 0) {
        file_ = std::move(file);
    }
}

void SpawnerProgram::become(const Brood& brood, const StartGate& gate,
                            const UniqueFd& reports) const {
    // The nodes write their titles over the arguments: so there is to be room for the longest.
    std::array<std::string, 4> words{fmt::format("{:<100}", "netlab: starting nodes")};
    std::array<char*, 5> argv{words[0].data()};
    std::size_t count = 1;
    for (const int fd : {brood.file().get(), gate.file().get(), reports.get()}) {
        if (::fcntl(fd, F_SETFD, 0) != 0) {
            return;
        }
        words.at(count) = std::to_string(fd);
        argv.at(count) = words.at(count).data();
        ++count;
    }
    std::array<char*, 1> environment{};
    ::syscall(SYS_execveat, file_.get(), "", argv.data(), environment.data(), AT_EMPTY_PATH);
}

} // namespace netlab
