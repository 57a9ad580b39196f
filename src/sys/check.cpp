#include "sys/check.h"

namespace netlab {

void throw_errno(int error, const std::string& attempt) {
    throw std::system_error(error, std::generic_category(), "cannot " + attempt);
}

} // namespace netlab
