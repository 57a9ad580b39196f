#pragma once

#include "lab/state_directory.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace netlab {

/// What `up` leaves in a lab's folder (lab.json) for other commands to read without asking the
/// supervisor.
struct LabCard {
    std::string name;
    std::string description;
    std::string file;         ///< absolute path of the topology file
    std::int64_t started = 0; ///< when it was up, in seconds since 1970; 0: it is starting
    std::size_t nodes = 0;
    std::size_t links = 0;
    std::size_t services = 0;
};

std::string to_json(const LabCard& card);
/// The card of a running lab; an empty one, with the name, in the first moment of its start. Throws
/// std::runtime_error.
LabCard read_card(const LabEntry& lab);

/// Throws InputError if `name` is empty. One that is given and empty, as an unset variable of a
/// script gives it, is not the same as none.
void refuse_empty_lab(const std::string& name);

/// The lab that a command means: the one called `name`; without a name that of $NETLAB_LAB, which
/// `netlab run` sets for its command; without that the only one that runs, or
/// the only one that was started from a file in the working directory. Throws InputError that lists
/// the choices, and std::runtime_error if it is still starting: its supervisor answers nobody yet.
LabEntry find_lab(const std::string& name);
/// The same, also of a lab that is still starting.
LabEntry find_lab_at_all(const std::string& name);

} // namespace netlab
