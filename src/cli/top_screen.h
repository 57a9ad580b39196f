#pragma once

#include "sys/unique_fd.h"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <string>

#include <termios.h>

namespace netlab {

/// The whole terminal, for a text that is shown anew again and again. What was on it comes back
/// when this goes, by q, by Ctrl-C or by a signal that ends programs, and for as long as Ctrl-Z
/// stops this process.
class TopScreen {
public:
    /// Throws std::system_error.
    TopScreen();
    ~TopScreen();
    TopScreen(const TopScreen&) = delete;
    TopScreen& operator=(const TopScreen&) = delete;

    void show(const std::string& text) const;
    /// Waits; false if whoever watches has had enough.
    bool wait(std::chrono::milliseconds time);
    /// How many lines there are.
    std::size_t lines() const;

private:
    void enter() const;
    void leave() const;
    void step_back() const;
    bool wants_end();

    ::termios modes_{};
    ::sigset_t signals_before_{};
    UniqueFd signals_;
};

} // namespace netlab
