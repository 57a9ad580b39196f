#pragma once

#include "base/source.h"
#include "lab/start_channel.h"
#include "lab/state_directory.h"
#include "lab/supervisor.h"
#include "plan/plan.h"

#include <chrono>
#include <functional>
#include <string>

namespace netlab {

struct StartOptions {
    std::chrono::seconds set_up_patience{120};
    int log_level = 0;
    bool tethered = false; ///< the lab ends with this process, however that ends
    std::function<void(const StartMessage&)> progress;
    std::function<void(const std::string&)> remark; ///< something to know, not an error
    Serve serve;
    std::function<void()> ready; ///< the lab is up; it is ended again if this throws
};

/// `up` was stopped by a signal; all that it had made is gone.
struct Interrupted {
    int signal;
};

/// Starts `plan` and returns when every node is ready, leaving its supervisor running. All or
/// nothing: when it throws (std::runtime_error with a text to show, InputError where the file asks
/// for what this host cannot do, std::system_error, Interrupted) nothing is left. The caller has
/// one thread.
void start_lab(const Plan& plan, const Source& source, const StateDirectory& state,
               const StartOptions& options);

} // namespace netlab
