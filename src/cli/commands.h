#pragma once

#include "cli/options.h"

namespace netlab {

// One file for each. All return the exit code of the program, and throw InputError for what the
// user can mend (exit code 2), std::runtime_error for what the system refused (exit code 1).

int run_up(const UpOptions& options);
int run_command_beside(const RunCommandOptions& options);
int run_test(const TestOptions& options);
int run_check(const CheckOptions& options);
int run_ls(const LsOptions& options);
int run_inspect(const InspectOptions& options);
int run_exec(const ExecOptions& options);
int run_link_ls(const LinkOptions& options);
int run_link_change(LinkVerb verb, const LinkOptions& options);
int run_link_measure(const LinkOptions& options);
/// 1 too when somebody did not answer.
int run_ping(const PingOptions& options);
int run_logs(const LogsOptions& options);
int run_ps(const PsOptions& options);
int run_service_change(RunVerb verb, const RunOptions& options);
int run_pause(bool pause, const PauseOptions& options);
int run_kill(const PauseOptions& options);
int run_clock(const ClockOptions& options);
int run_partition(const FaultOptions& options);
int run_heal(const FaultOptions& options);
int run_faults(const FaultOptions& options);
int run_top(const TopOptions& options);
/// 1 too when labs cannot run here.
int run_doctor(const DoctorOptions& options);
int run_down(const DownOptions& options);

} // namespace netlab
