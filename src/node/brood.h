#pragma once

#include "node/spawn.h"
#include "sys/shared_memory.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// Plain nodes (see is_plain) that several processes clone at the same time: which of them is next,
/// what each is made from, and what has become of it, in memory that these processes share.
class Brood {
public:
    struct Failure {
        std::optional<std::size_t> node; ///< that could not be
        std::string why;
    };

    /// Those of `specs` that `numbers` names. Throws std::system_error.
    Brood(const std::vector<NodeSpec>& specs, const std::vector<std::size_t>& numbers,
          const std::string& uid_map, const std::string& gid_map);
    /// Another process's, by its file. Throws std::system_error.
    explicit Brood(UniqueFd file) : memory_{std::move(file)} {}

    const UniqueFd& file() const { return memory_.file(); }

    /// Clones nodes until none is left or one could not be, which others are told of. Where no more
    /// processes are to be had while there are those that clone, it leaves nodes to who is left.
    void raise(StartGate& gate, const UniqueFd& reports, Parent parent);

    /// The same for those that were left, by the supervisor when it is alone.
    void raise_rest(StartGate& gate, const UniqueFd& reports);
    /// Tells of what has nothing to do with one node.
    void fail(std::string_view why) { note_failure(std::nullopt, why); }

    std::size_t cloned() const;
    /// The first one.
    std::optional<Failure> failure() const;
    /// Of the node with that place in `numbers`, from its first report on.
    pid_t pid(std::size_t place) const;

private:
    struct Head;
    struct Entry;

    Brood(const std::vector<std::vector<std::uint8_t>>& records,
          const std::vector<std::size_t>& numbers);
    Head& head() const;
    Entry& entry(std::size_t place) const;
    std::span<const std::uint8_t> record(std::size_t place) const;
    Nursery nursery(StartGate& gate, const UniqueFd& reports);
    bool clone(std::size_t place, const Nursery& nursery, Parent parent);
    void note_failure(std::optional<std::size_t> node, std::string_view why);

    SharedMemory memory_;
};

} // namespace netlab
