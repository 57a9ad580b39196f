#include "packet/wire_protocol.h"
#include "sys/check.h"

#include <algorithm>
#include <cerrno>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t number_size = sizeof(std::uint32_t);

bool is_trace(const std::vector<std::uint32_t>& milliseconds) {
    return !milliseconds.empty() && milliseconds.back() > 0 && std::ranges::is_sorted(milliseconds);
}

} // namespace

UniqueFd pack_trace(const Trace& trace) {
    UniqueFd packed{check(::memfd_create("trace", MFD_CLOEXEC), "make room for a trace")};
    const auto* bytes = reinterpret_cast<const char*>(trace.milliseconds.data());
    for (std::size_t left = trace.milliseconds.size() * number_size; left > 0;) {
        const auto written = check(::write(packed.get(), bytes, left), "pass a trace on");
        bytes += written;
        left -= static_cast<std::size_t>(written);
    }
    return packed;
}

std::optional<Trace> unpack_trace(const UniqueFd& packed) {
    struct stat status {};
    check(::fstat(packed.get(), &status), "measure a trace");
    Trace trace;
    trace.milliseconds.resize(static_cast<std::size_t>(status.st_size) / number_size);
    auto* bytes = reinterpret_cast<char*>(trace.milliseconds.data());
    const std::size_t size = trace.milliseconds.size() * number_size;
    for (std::size_t done = 0; done < size;) {
        const auto got =
            check(::pread(packed.get(), bytes + done, size - done, static_cast<off_t>(done)),
                  "take over a trace");
        if (got == 0) {
            return std::nullopt;
        }
        done += static_cast<std::size_t>(got);
    }
    return is_trace(trace.milliseconds) ? std::optional{std::move(trace)} : std::nullopt;
}

} // namespace netlab
