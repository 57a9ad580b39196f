#pragma once

#include "sys/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// What clone3 made: in the child `pid` is 0.
struct Clone {
    pid_t pid = -1;
    UniqueFd pidfd; ///< only if asked for
};

/// clone3(2) without a shared address space, as fork, with namespaces (CLONE_NEW*, and
/// CLONE_PARENT). The caller has one thread
/// only. Returns with `pid` -1 and errno set on failure, because the caller knows better what the
/// errno means.
Clone clone_process(std::uint64_t namespaces, bool with_pidfd = false);

/// As many open files as this process may have (`ulimit -Hn`), for what it opens and for its
/// children.
void raise_open_files_limit();

/// Closes all but stdin, stdout, stderr and `kept`, in a process that has just been forked. Throws
/// std::system_error.
void close_other_files(std::vector<int> kept);

/// Waits until the process behind `pidfd` has ended; false when `timeout` passed first.
bool wait_for_end(const UniqueFd& pidfd, std::chrono::milliseconds timeout);

/// Runs a program and waits; its exit code, or 127 if it could not be started. What it wrote to
/// stderr is added to `complaint`. Only for programs that do what the kernel keeps from us
/// (newuidmap).
int run_program(const std::vector<std::string>& argv, std::string& complaint);

/// Opens /dev/null in the place of each of stdin, stdout and stderr that the caller has closed, so
/// that no file opened later gets its number and with it what is meant for stdout. Call first thing
/// in main. Throws std::system_error.
void open_missing_stdio();

/// Every signal does what it does in a new process and none is blocked, for a program that is about
/// to be run: what is ignored, by a caller with nohup say, would stay so in it.
void reset_signals();

/// A descriptor that becomes readable when a child has ended, in a process that blocks SIGCHLD.
/// Does not wait. Throws std::system_error.
UniqueFd watch_children();
/// Takes the ends out of it that it tells of. Returns whether there were any.
bool take_ends(const UniqueFd& children);

/// Remembers where argv and the environment lie. Call first thing in main.
void remember_arguments(int argc, char** argv);

/// Overwrites argv (what `ps` shows) with `title` and the environment with zeros, so that what is
/// forked from here shows nothing of the user's in /proc/PID/environ and /proc/PID/cmdline.
void retitle_process(const std::string& title);

} // namespace netlab
