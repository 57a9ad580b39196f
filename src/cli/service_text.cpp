#include "cli/service_text.h"

#include <array>

#include <fmt/format.h>
#include <sys/wait.h>

namespace netlab {

namespace {

std::string scaled(double value, double base, const std::array<const char*, 5>& units) {
    std::size_t unit = 0;
    while (value >= base && unit + 1 < units.size()) {
        value /= base;
        ++unit;
    }
    return unit == 0 || value >= 100 ? fmt::format("{:.0f} {}", value, units.at(unit))
                                     : fmt::format("{:.1f} {}", value, units.at(unit));
}

} // namespace

std::string describe_state(const ServiceAnswer& service) {
    const auto status = static_cast<int>(service.exit_status);
    if (status <= 0 || (service.state != "failed" && service.state != "restarting")) {
        return service.state;
    }
    return WIFSIGNALED(status)
               ? fmt::format("{} (signal {})", service.state, WTERMSIG(status))
               : fmt::format("{} (exit code {})", service.state, WEXITSTATUS(status));
}

std::string describe_time(double seconds) {
    return seconds < 120      ? fmt::format("{:.0f} s", seconds)
           : seconds < 7200   ? fmt::format("{:.0f} min", seconds / 60)
           : seconds < 172800 ? fmt::format("{:.0f} h", seconds / 3600)
                              : fmt::format("{:.0f} days", seconds / 86400);
}

std::string describe_bytes(double bytes) {
    return scaled(bytes, 1024, {"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string describe_rate(double bits_per_second) {
    return scaled(bits_per_second, 1000, {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"});
}

} // namespace netlab
