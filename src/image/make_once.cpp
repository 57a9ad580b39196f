#include "image/make_once.h"

#include "sys/check.h"

#include <cerrno>

#include <sys/stat.h>

namespace netlab {

bool make_once(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) != 0) {
        if (errno != EEXIST) {
            throw_errno(errno, "create " + path);
        }
        struct stat about {}; // what a node has kept may be a link into what is out of its sight
        if (::lstat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
            throw_errno(ENOTDIR, "create " + path);
        }
        return false;
    }
    check(::chmod(path.c_str(), mode), "set the mode of {}", path);
    return true;
}

} // namespace netlab
