#pragma once

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace netlab {

/// Throws std::system_error: "cannot <attempt>: <the kernel's words>".
[[noreturn]] void throw_errno(int error, const std::string& attempt);

/// The result of a system call, or std::system_error when it is negative. The attempt is said in
/// words and only formatted when it failed: `check(::open(…), "open {}", path)`.
template <class Result, class... Args>
Result check(Result result, fmt::format_string<Args...> attempt, Args&&... args) {
    if (result < 0) {
        const int error = errno;
        throw_errno(error, fmt::format(attempt, std::forward<Args>(args)...));
    }
    return result;
}

/// A system call, again until no signal comes in between: what waits in a stopped process, or on a
/// socket with a timeout, the kernel does not always restart by itself (signal(7)).
template <class Call>
auto uninterrupted(Call call) {
    decltype(call()) result;
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    return result;
}

} // namespace netlab
