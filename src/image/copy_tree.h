#pragma once

#include "image/owners.h"

#include <cstddef>
#include <filesystem>
#include <string>

#include <sys/stat.h>

namespace netlab {

/// Copies the directories below one, and with `files` the files and links in them, to a tmpfs of
/// the caller's, who has umask 0, with modes and owners. A directory that the caller may not read
/// becomes an empty one; without `files` also a hole (a whiteout of overlayfs) below `holes`, which
/// keeps what is in the one below from view.
class CopyTree {
public:
    CopyTree(const Owners& owners, bool files, std::string top, std::string holes)
        : owners_(owners), files_(files), top_(std::move(top)), holes_(std::move(holes)) {}

    /// False if there was too much to copy, or a file could not be read to its end. Throws
    /// std::system_error.
    bool make(const std::string& path, int depth);
    /// Only what is in that directory itself; its directories become empty ones. Throws
    /// std::system_error.
    void make_level(const std::string& path);
    bool has_holes() const { return has_holes_; }

private:
    void copy_entries(const std::string& from, const std::string& below, int depth);
    void copy_entry(const std::filesystem::directory_entry& entry, const std::string& below,
                    int depth);
    void copy_directory(const std::string& from, const std::string& below, int depth,
                        const struct stat& status);
    void copy_file(const std::string& from, const std::string& to, const struct stat& status);
    void make_hole(const std::string& below);
    void give_away(const std::string& from, const std::string& to, const struct stat& status) const;

    const Owners& owners_;
    bool files_;
    std::string top_;
    std::string holes_;
    bool level_only_ = false;
    bool has_holes_ = false;
    bool whole_ = true;
    dev_t device_ = 0;
    std::size_t entries_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace netlab
