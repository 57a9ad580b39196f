#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <dlfcn.h>
#include <link.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// What the launcher, libstdc++ and libgcc ask of glibc and musl 1.2 does not have. Linked where the
// launcher's libc is musl (docs/decisions/launcher.md).

namespace {

/// An address, and the object that has it when it was found.
struct Search {
    std::uintptr_t address;
    ::dl_find_object* found;
};

/// Called by dl_iterate_phdr(3) for the one object that a static program is.
int find_in(::dl_phdr_info* object, std::size_t, void* asked) {
    const auto& search = *static_cast<Search*>(asked);
    const ElfW(Phdr)* unwind_table = nullptr;
    const ElfW(Phdr)* holds_address = nullptr;
    for (const auto* part = object->dlpi_phdr; part != object->dlpi_phdr + object->dlpi_phnum;
         ++part) {
        const auto begin = object->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_GNU_EH_FRAME) {
            unwind_table = part;
        } else if (part->p_type == PT_LOAD && search.address - begin < part->p_memsz) {
            holds_address = part;
        }
    }
    if (unwind_table == nullptr || holds_address == nullptr) {
        return 0;
    }
    const auto at = [object](std::uintptr_t place) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): as the kernel maps it
        return reinterpret_cast<void*>(object->dlpi_addr + place);
    };
    search.found->dlfo_map_start = at(holds_address->p_vaddr);
    search.found->dlfo_map_end = at(holds_address->p_vaddr + holds_address->p_memsz);
    search.found->dlfo_link_map = nullptr;
    search.found->dlfo_eh_frame = at(unwind_table->p_vaddr);
    return 1;
}

} // namespace

// The names are the libraries' own, so they are given to the linker only.
extern "C" {

// <features.h> declares it const, for those who only look at it. The launcher has no threads.
extern char has_one_thread __asm__("__libc_single_threaded");
char has_one_thread = 1;

int find_object(void* address, ::dl_find_object* result) noexcept __asm__("_dl_find_object");
int find_object(void* address, ::dl_find_object* result) noexcept {
    Search search{reinterpret_cast<std::uintptr_t>(address), result};
    return ::dl_iterate_phdr(find_in, &search) == 1 ? 0 : -1;
}

std::uint32_t random_number() noexcept __asm__("arc4random");
std::uint32_t random_number() noexcept {
    std::uint32_t number = 0;
    if (::getentropy(&number, sizeof number) != 0) {
        std::abort();
    }
    return number;
}

// libstdc++ looks into glibc's locales, which musl's are not: a stream or a locale in the launcher
// shall end it at once, in the first test, and not read what is not there.
void* no_locale(int, const char*, void*) __asm__("__wrap___newlocale");
void* no_locale(int, const char*, void*) {
    std::abort();
}

// CMSG_NXTHDR of cmsg(3), where the compiler does not take it from the header.
::cmsghdr* next_part(::msghdr* message, ::cmsghdr* part) noexcept __asm__("__cmsg_nxthdr");
::cmsghdr* next_part(::msghdr* message, ::cmsghdr* part) noexcept {
    const auto size = CMSG_ALIGN(part->cmsg_len);
    auto* const begin = reinterpret_cast<unsigned char*>(part);
    auto* const end = static_cast<unsigned char*>(message->msg_control) + message->msg_controllen;
    const bool has_room = part->cmsg_len >= sizeof(::cmsghdr) &&
                          size + sizeof(::cmsghdr) <= static_cast<std::size_t>(end - begin);
    return has_room ? reinterpret_cast<::cmsghdr*>(begin + size) : nullptr;
}

int close_files(unsigned int first, unsigned int last, int flags) noexcept __asm__("close_range");
int close_files(unsigned int first, unsigned int last, int flags) noexcept {
    return static_cast<int>(::syscall(SYS_close_range, first, last, flags));
}
}
