// fmt as a part of the program. Debian ships libfmt as a shared library only, which brings libstdc++.so along: together
// they are most of what `netlab exec` would do before main. This file instantiates what fmt 9 declares `extern
// template`; with another version of fmt it may not compile, and then CMake links the shared library.

#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {

template FMT_API auto dragonbox::to_decimal(float x) noexcept -> dragonbox::decimal_fp<float>;
template FMT_API auto dragonbox::to_decimal(double x) noexcept -> dragonbox::decimal_fp<double>;
template FMT_API locale_ref::locale_ref(const std::locale& loc);
template FMT_API auto locale_ref::get<std::locale>() const -> std::locale;
template FMT_API auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl(locale_ref) -> char;
template FMT_API void buffer<char>::append(const char*, const char*);
template FMT_API void vformat_to(buffer<char>&, string_view, basic_format_args<FMT_BUFFER_CONTEXT(char)>, locale_ref);

} // namespace detail
FMT_END_NAMESPACE

// A program of its own for CMake's try_compile; in the library it is left out.
#ifdef NETLAB_TRY_FMT
int main(int argc, char**) { return static_cast<int>(fmt::format("{} {:.2f}", argc, 1.5).size()) == 6 ? 0 : 1; }
#endif
