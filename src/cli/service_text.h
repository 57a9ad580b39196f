#pragma once

#include "control/request.h"

#include <string>

namespace netlab {

/// `ready`, `failed (exit code 3)`, `restarting (signal 9)`.
std::string describe_state(const ServiceAnswer& service);

/// `12 s`, `5 min`, `3 h`, `2 days`.
std::string describe_time(double seconds);

/// `512 B`, `4.2 MiB`: three digits or so.
std::string describe_bytes(double bytes);

/// `0 bit/s`, `9.8 Mbit/s`, in powers of a thousand.
std::string describe_rate(double bits_per_second);

} // namespace netlab
