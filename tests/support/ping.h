#pragma once

#include "support/lab_under_test.h"

namespace netlab::test {

/// Pings every node that has an address from every other one, on each family that the other has an
/// address of, by name, once. `from` and `to` choose nodes as `netlab exec` does; `to` is a shell
/// pattern. Returns what did not answer, in words.
std::string unreached(const LabUnderTest& lab, const std::string& from = "all",
                      const std::string& to = "*");

} // namespace netlab::test
