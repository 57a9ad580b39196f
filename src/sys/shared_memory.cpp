#include "sys/shared_memory.h"

#include "sys/check.h"

#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

SharedMemory::SharedMemory(const char* name, std::size_t bytes)
    : file_{check(::memfd_create(name, MFD_CLOEXEC), "make memory to share ({})", name)} {
    check(::ftruncate(file_.get(), static_cast<off_t>(bytes)), "make {} bytes of memory to share",
          bytes);
    map(bytes);
}

SharedMemory::SharedMemory(UniqueFd file) : file_(std::move(file)) {
    struct stat status {};
    check(::fstat(file_.get(), &status), "look at shared memory");
    map(static_cast<std::size_t>(status.st_size));
}

void SharedMemory::map(std::size_t bytes) {
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (memory == MAP_FAILED) {
        throw_errno(errno, fmt::format("map {} bytes of shared memory", bytes));
    }
    bytes_ = {static_cast<std::byte*>(memory), bytes};
}

void SharedMemory::leave() {
    if (!bytes_.empty()) {
        ::munmap(bytes_.data(), bytes_.size());
        bytes_ = {};
    }
}

} // namespace netlab
