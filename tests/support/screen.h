#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab::test {

/// A program on a terminal of its own, as its only job; killed when this goes.
class Screen {
public:
    /// Throws std::runtime_error.
    Screen(const std::vector<std::string>& argv, const std::map<std::string, std::string>& env,
           unsigned short rows, unsigned short columns);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void type(const std::string& keys) const;
    void resize(unsigned short rows, unsigned short columns) const;
    /// Whether the program has come to print this, behind what was looked for before. It is waited
    /// for.
    bool shows(const std::string& text);
    /// All that was printed so far.
    const std::string& bytes();
    /// Whether what is typed is shown and handed on by the line.
    bool is_cooked() const;
    /// Whether the program comes to be stopped, as by Ctrl-Z.
    bool stops() const;
    void signal(int number) const;
    /// Its exit code as a shell reports it; -1 if it does not end.
    int end();

private:
    void read();

    int terminal_ = -1;
    pid_t pid_ = -1;
    std::string bytes_;
    std::size_t seen_ = 0;
};

} // namespace netlab::test
