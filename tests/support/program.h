#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab::test {

/// What a program did: its exit code as a shell reports it (128+n for signal n), -1 if it did not
/// end in time.
struct Ended {
    int code = -1;
    std::string out;
    std::string err;
};

/// Where and with what a program runs.
struct Setting {
    std::filesystem::path directory = "/";
    std::map<std::string, std::string> env; ///< on top of the caller's
    std::string input;                      ///< of its stdin
    std::chrono::seconds patience{90};      ///< far below that of ctest, which ends no labs
};

/// A program that runs beside the test; killed when this goes.
class Program {
public:
    /// argv[0] without a slash is looked for in PATH. Throws std::runtime_error.
    Program(const std::vector<std::string>& argv, const Setting& setting);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Waits until it has ended and both its streams are closed by whoever holds them: a daemon
    /// that keeps one is one that `x=$(program)` waits for.
    Ended finish();

private:
    void read_streams(Ended& ended);

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::chrono::steady_clock::time_point deadline_;
};

/// Runs a program to its end.
Ended run(const std::vector<std::string>& argv, const Setting& setting = {});

/// The whole content of a file, empty if it cannot be read.
std::string content_of(const std::filesystem::path& path);

/// Waits until `condition` holds; false when `patience` was over first.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = std::chrono::seconds{20});

/// A pause between two looks.
void short_pause();

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        short_pause();
    }
    return true;
}

} // namespace netlab::test
