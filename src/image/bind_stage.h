#pragma once

#include "image/node_root.h"

#include <cstddef>
#include <string>
#include <vector>

namespace netlab {

/// Shows the read-only binds of a node in the lab's root, for as long as this lives: while the node
/// is cloned. What a mount namespace of another user namespace gets as a copy is locked there
/// (mount_namespaces(7)), so the node's root cannot make it writable; what the node attached itself
/// it could. Throws std::system_error.
class BindStage {
public:
    explicit BindStage(const std::vector<BindMount>& binds);
    ~BindStage();
    BindStage(const BindStage&) = delete;
    BindStage& operator=(const BindStage&) = delete;

    /// Where the node finds the read-only bind with this index.
    static std::string path(std::size_t bind);

private:
    void show(const std::vector<BindMount>& binds) const;

    bool mounted_ = false;
};

/// The directory that the lab's root has for it.
inline constexpr const char* bind_stage = "/.netlab/binds";

} // namespace netlab
