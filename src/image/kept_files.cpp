#include "image/kept_files.h"

#include "image/make_once.h"
#include "image/overlay.h"
#include "sys/check.h"
#include "sys/mounts.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// First out of the way, which always works; what cannot be removed is then in nobody's.
void forget(const char* name) {
    const auto path = own_path(name);
    const auto gone = own_path("gone");
    make_once(gone, 0700);
    auto away = gone + "/" + name;
    for (int i = 0;
         ::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, away.c_str(), RENAME_NOREPLACE) != 0; ++i) {
        if (errno == ENOENT) {
            return;
        }
        if (errno != EEXIST) {
            throw_errno(errno, "remove " + path);
        }
        away = fmt::format("{}/{}{}", gone, name, i);
    }
    std::error_code stays;
    fs::remove_all(away, stays);
}

} // namespace

void mount_kept_files(int tree) {
    attach_mount(tree, node_files);
    for (const char* name : {"tmp", "run", "shm"}) {
        forget(name);
    }
    // Marks of what is mounted: see mount_layers and mount_views.
    for (const char* mark : {"layers/mounted", "layers/views"}) {
        if (::unlink(own_path(mark).c_str()) != 0 && errno != ENOENT) {
            throw_errno(errno, "remove " + own_path(mark));
        }
    }
}

} // namespace netlab
