#pragma once

#include "sys/unique_fd.h"

#include <cstddef>
#include <span>

namespace netlab {

/// Memory that processes share: what is forked has it, and what is started anew can have it by its
/// file.
class SharedMemory {
public:
    /// New and zero; `name` is seen in /proc/PID/maps. Throws std::system_error.
    SharedMemory(const char* name, std::size_t bytes);
    /// What another process has made. Throws std::system_error.
    explicit SharedMemory(UniqueFd file);
    ~SharedMemory() { leave(); }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    std::span<std::byte> bytes() const { return bytes_; }
    const UniqueFd& file() const { return file_; }
    /// Gives this process's share back. Its file stays open, or was closed with others before.
    void leave();

private:
    void map(std::size_t bytes);

    UniqueFd file_;
    std::span<std::byte> bytes_;
};

} // namespace netlab
