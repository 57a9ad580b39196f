#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace netlab {

/// A port that is tried at these addresses; one that takes the connection will do.
struct TcpReadiness {
    std::vector<std::string> addresses;
    std::uint16_t port = 0;
};

/// A command that ends with 0 once the service is ready.
struct CommandReadiness {
    std::vector<std::string> argv;
};

/// A text that the service prints once it is ready.
struct LogReadiness {
    std::string text;
};

/// A process that a node's PID 1 keeps.
struct ServiceSpec {
    enum class Restart : std::uint8_t { no, on_failure, always };

    std::string name;
    std::vector<std::string> argv;
    std::map<std::string, std::string> env; ///< all of it: the node's, and its own on top
    std::string user;
    std::string workdir;
    Restart restart = Restart::no;
    std::variant<std::monostate, TcpReadiness, CommandReadiness, LogReadiness> ready;
    std::chrono::milliseconds within{30'000};
    int stop_signal = 15;
    std::chrono::milliseconds stop_timeout{10'000};
};

} // namespace netlab
