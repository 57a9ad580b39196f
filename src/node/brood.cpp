#include "node/brood.h"

#include "node/plain_spec.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

namespace netlab {

namespace {

constexpr std::size_t no_node = ~std::size_t{0};

} // namespace

/// What the memory begins with. All of it is of one build, whichever program maps it.
struct Brood::Head {
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> cloned{0};
    std::atomic<bool> crowded{false}; ///< no more processes were to be had
    std::atomic<bool> failing{false}; ///< somebody is writing what comes next
    std::atomic<bool> failed{false};
    std::size_t failed_node = no_node;
    std::array<char, 1024> why{};
    std::size_t nodes = 0;
};

/// Then come one for each node and two for the id maps, then what they tell of.
struct Brood::Entry {
    std::size_t begin = 0;
    std::size_t size = 0;
    std::size_t number = 0;
    pid_t pid = -1;
};

namespace {

using Record = std::vector<std::uint8_t>;

std::vector<Record> records_of(const std::vector<NodeSpec>& specs,
                               const std::vector<std::size_t>& numbers, const std::string& uid_map,
                               const std::string& gid_map) {
    std::vector<Record> records;
    records.reserve(numbers.size() + 2);
    for (const auto number : numbers) {
        records.push_back(to_record(specs[number]));
    }
    records.emplace_back(uid_map.begin(), uid_map.end());
    records.emplace_back(gid_map.begin(), gid_map.end());
    return records;
}

std::size_t size_of(const std::vector<Record>& records) {
    std::size_t size = 0;
    for (const auto& record : records) {
        size += record.size();
    }
    return size;
}

} // namespace

Brood::Brood(const std::vector<NodeSpec>& specs, const std::vector<std::size_t>& numbers,
             const std::string& uid_map, const std::string& gid_map)
    : Brood{records_of(specs, numbers, uid_map, gid_map), numbers} {}

Brood::Brood(const std::vector<std::vector<std::uint8_t>>& records,
             const std::vector<std::size_t>& numbers)
    : memory_{"netlab-brood", sizeof(Head) + records.size() * sizeof(Entry) + size_of(records)} {
    auto* const start = memory_.bytes().data();
    auto* const begin = new (start) Head;
    begin->nodes = numbers.size();
    auto at = sizeof(Head) + records.size() * sizeof(Entry);
    for (std::size_t place = 0; place < records.size(); ++place) {
        const auto& record = records[place];
        new (&entry(place))
            Entry{at, record.size(), place < numbers.size() ? numbers[place] : 0, -1};
        std::memcpy(start + at, record.data(), record.size());
        at += record.size();
    }
}

Brood::Head& Brood::head() const {
    return *reinterpret_cast<Head*>(memory_.bytes().data());
}

Brood::Entry& Brood::entry(std::size_t place) const {
    return reinterpret_cast<Entry*>(memory_.bytes().data() + sizeof(Head))[place];
}

std::span<const std::uint8_t> Brood::record(std::size_t place) const {
    const auto bytes = memory_.bytes().subspan(entry(place).begin, entry(place).size);
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

Nursery Brood::nursery(StartGate& gate, const UniqueFd& reports) {
    const auto text = [this](std::size_t place) {
        const auto bytes = record(place);
        return std::string{bytes.begin(), bytes.end()};
    };
    const auto nodes = head().nodes;
    return {gate, reports, text(nodes), text(nodes + 1), &memory_};
}

void Brood::raise(StartGate& gate, const UniqueFd& reports, Parent parent) {
    const auto family = nursery(gate, reports);
    for (;;) {
        const auto place = head().next.fetch_add(1);
        if (place >= head().nodes || head().failing || head().crowded ||
            !clone(place, family, parent)) {
            return;
        }
    }
}

void Brood::raise_rest(StartGate& gate, const UniqueFd& reports) {
    const auto family = nursery(gate, reports);
    for (std::size_t place = 0; head().crowded && place < head().nodes && !head().failing;
         ++place) {
        if (entry(place).pid < 0) {
            clone(place, family, Parent::self);
        }
    }
}

bool Brood::clone(std::size_t place, const Nursery& nursery, Parent parent) {
    auto& child = entry(place);
    try {
        const auto spec = parse_record(record(place));
        child.pid = clone_node(spec, child.number, nursery, parent);
        map_node(child.pid, spec, child.number, nursery);
        ++head().cloned;
        return true;
    } catch (const std::system_error& error) {
        if (child.pid < 0 && parent == Parent::supervisor && error.code().value() == EAGAIN) {
            head().crowded = true;
            return false;
        }
        note_failure(child.number, error.what());
    } catch (const std::exception& error) {
        note_failure(child.number, error.what());
    }
    return false;
}

/// Of the first one only.
void Brood::note_failure(std::optional<std::size_t> node, std::string_view why) {
    if (!head().failing.exchange(true)) {
        head().failed_node = node.value_or(no_node);
        std::copy_n(why.begin(), std::min(why.size(), head().why.size() - 1), head().why.begin());
        head().failed.store(true, std::memory_order_release);
    }
}

std::size_t Brood::cloned() const {
    return head().cloned;
}

std::optional<Brood::Failure> Brood::failure() const {
    if (!head().failed.load(std::memory_order_acquire)) {
        return std::nullopt;
    }
    const auto node = head().failed_node;
    return Failure{node == no_node ? std::nullopt : std::optional{node}, head().why.data()};
}

pid_t Brood::pid(std::size_t place) const {
    return entry(place).pid;
}

} // namespace netlab
