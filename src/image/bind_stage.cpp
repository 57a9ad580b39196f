#include "image/bind_stage.h"

#include "sys/check.h"
#include "sys/mounts.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace netlab {

BindStage::BindStage(const std::vector<BindMount>& binds) {
    if (std::ranges::any_of(binds, &BindMount::read_only)) {
        mount_new("tmpfs", bind_stage, MS_NOSUID | MS_NODEV, "mode=0755");
        mounted_ = true;
        show(binds);
    }
}

void BindStage::show(const std::vector<BindMount>& binds) const {
    for (std::size_t i = 0; i < binds.size(); ++i) {
        if (!binds[i].read_only) {
            continue;
        }
        const auto place = path(i);
        if (binds[i].is_file) {
            const UniqueFd file{check(::open(place.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
                                      "create {}", place)};
        } else {
            check(::mkdir(place.c_str(), 0755), "create {}", place);
        }
        attach_mount(binds[i].tree, place);
        make_read_only(place, true);
    }
}

BindStage::~BindStage() {
    if (mounted_) {
        ::umount2(bind_stage, MNT_DETACH);
    }
}

std::string BindStage::path(std::size_t bind) {
    return fmt::format("{}/{}", bind_stage, bind);
}

} // namespace netlab
