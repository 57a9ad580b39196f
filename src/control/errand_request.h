#pragma once

#include "control/request.h"
#include "lab/service_errands.h"

namespace netlab {

/// What a request to stop or start means in this lab. Throws InputError for nodes and services
/// that there are not.
ErrandRequest errand_of(const Lab& lab, const Request& request);

/// The answer to an errand that did not go well.
Reply refusal(const ErrandResult& result);

} // namespace netlab
