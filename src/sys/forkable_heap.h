#pragma once

#include <cstddef>

namespace netlab {

/// Makes this process cheap to fork, however much it holds. The kernel copies the page tables of
/// anonymous memory for every child (vma_needs_copy() and copy_page_range() of mm/memory.c), and
/// takes them apart when it ends: with megabytes here and thousands of children, which need a few
/// pages each, that is most of their cost. Of a private mapping of a file it copies what has been
/// looked at since it was mapped. So what malloc(3) has goes into a memory file, which is mapped in
/// its place: the same addresses, the same contents, as private as before.
///
/// To be called with one thread. Less than `least` bytes in all are left as they are. Returns how
/// many bytes were moved; what the kernel refuses to move stays, and with a sanitizer all does.
/// Throws std::system_error.
std::size_t move_heap_to_file(std::size_t least);

} // namespace netlab
