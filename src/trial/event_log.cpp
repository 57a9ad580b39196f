#include "trial/event_log.h"

#include "sys/check.h"

#include <cmath>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr ::mode_t record_mode = 0644;

double to_microsecond(double seconds) {
    return std::round(seconds * 1e6) / 1e6;
}

} // namespace

std::string utc_text(std::chrono::system_clock::time_point when) {
    const auto since = std::chrono::floor<std::chrono::microseconds>(when.time_since_epoch());
    const auto seconds = static_cast<std::time_t>(since.count() / 1'000'000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       since.count() % 1'000'000);
}

EventLog::EventLog(const std::filesystem::path& file)
    : file_{check(
          ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, record_mode),
          "write {}", file.string())} {}

double EventLog::seconds(Instant when) const {
    return origin_ ? to_microsecond(std::chrono::duration<double>{when - *origin_}.count()) : 0;
}

void EventLog::write(Event event, Instant when) {
    const auto ago = TrialClock::now() - when;
    const auto wall = std::chrono::system_clock::now() -
                      std::chrono::duration_cast<std::chrono::system_clock::duration>(ago);
    if (origin_) {
        event["at"] = seconds(when);
    }
    event["monotonic"] =
        to_microsecond(std::chrono::duration<double>{when.time_since_epoch()}.count());
    event["time"] = utc_text(wall);
    const auto line = event.dump(-1, ' ', false, Event::error_handler_t::replace) + "\n";
    check(::write(file_.get(), line.data(), line.size()), "write the record of events");
}

} // namespace netlab
