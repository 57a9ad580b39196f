#include "sys/forkable_heap.h"

#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace netlab {

namespace {

// What a sanitizer has beside the heap looks like one, and is to stay where it is.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
#else
constexpr bool is_sanitized = false;
#endif

/// A smaller block is copied sooner than mapped.
constexpr std::size_t least_block = 128U << 10U;
constexpr std::size_t most_blocks = 64;

/// The heaps of threads begin at multiples of this (HEAP_MAX_SIZE of glibc's malloc/arena.c). They
/// stay where they are: what malloc gives back of them by MADV_DONTNEED it takes for zeros later,
/// and of a file's mapping it would be what the file has.
constexpr std::size_t thread_heap = 64U << 20U;

/// realloc(3) may lengthen a mapping where it is (mremap(2)), and past the end of a file is SIGBUS.
constexpr ::off_t room_to_grow = ::off_t{1} << 40U;

/// As the kernel maps it.
struct Block {
    std::uintptr_t begin = 0;
    std::size_t size = 0;
};

struct Blocks {
    std::array<Block, most_blocks> found{};
    std::size_t count = 0;
    std::size_t bytes = 0;
};

std::uintptr_t take_address(std::string_view& line) {
    std::uintptr_t address = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
    line.remove_prefix(std::min(line.size(), static_cast<std::size_t>(end - line.data()) + 1));
    return address;
}

/// Of a line of proc_pid_maps(5), `BEGIN-END PERMISSIONS OFFSET DEVICE INODE  NAME`: writable
/// private memory without a file is the heap, a large block of malloc(3), or the stack.
Block heap_block(std::string_view line) {
    const auto begin = take_address(line);
    const auto size = take_address(line) - begin;
    const bool is_anonymous = line.starts_with("rw-p 00000000 00:00 0");
    const bool has_name = line.find_first_of("/[") != std::string_view::npos;
    const bool is_heap = is_anonymous && (!has_name || line.ends_with("[heap]"));
    return is_heap && size >= least_block && begin % thread_heap != 0 ? Block{begin, size}
                                                                      : Block{};
}

Blocks find_blocks(std::string_view maps) {
    Blocks blocks;
    while (!maps.empty() && blocks.count < most_blocks) {
        const auto line = maps.substr(0, maps.find('\n'));
        maps.remove_prefix(std::min(maps.size(), line.size() + 1));
        if (const auto block = heap_block(line); block.size != 0) {
            blocks.found[blocks.count++] = block;
            blocks.bytes += block.size;
        }
    }
    return blocks;
}

bool write_all(const UniqueFd& file, const char* from, std::size_t size) {
    while (size > 0) {
        const auto written = ::write(file.get(), from, size);
        if (written <= 0) {
            return false;
        }
        from += written;
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

/// Neither allocates nor frees.
bool move_to_file(const Block& block) {
    const UniqueFd file{::memfd_create("netlab-heap", MFD_CLOEXEC)};
    auto* place = reinterpret_cast<char*>(block.begin); // NOLINT(performance-no-int-to-ptr)
    return file && write_all(file, place, block.size) &&
           ::ftruncate(file.get(), static_cast<::off_t>(block.size) + room_to_grow) == 0 &&
           ::mmap(place, block.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file.get(),
                  0) != MAP_FAILED;
}

bool may_have_large_files() {
    ::rlimit limit{};
    return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

} // namespace

std::size_t move_heap_to_file(std::size_t least) {
    if (is_sanitized) {
        return 0;
    }
    const auto maps = read_file("/proc/self/maps"); // freed at the end: until then the heap stays
    const auto blocks = find_blocks(maps);
    std::size_t moved = 0;
    if (blocks.bytes >= least && may_have_large_files()) {
        for (std::size_t i = 0; i < blocks.count; ++i) {
            moved += move_to_file(blocks.found[i]) ? blocks.found[i].size : 0;
        }
    }
    return moved;
}

} // namespace netlab
