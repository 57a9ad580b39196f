#pragma once

#include "support/host_state.h"
#include "support/program.h"

#include <filesystem>
#include <string>
#include <vector>

namespace netlab::test {

/// A folder of the test's own, with a state folder for its labs in it. Ends every lab in it when it
/// goes.
class Workshop {
public:
    Workshop();
    ~Workshop();
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Where labs have their state folders; not made before the first.
    std::filesystem::path state() const { return scratch_ / "state"; }
    /// The state folder of a lab.
    std::filesystem::path state_of(const std::string& lab) const { return state() / lab; }
    /// Writes a file below path(), making its folders. Returns its path.
    std::filesystem::path write(const std::string& name, const std::string& text) const;

    /// How netlab is run here.
    Setting setting() const;
    Ended netlab(const std::vector<std::string>& words) const;
    Ended netlab(const std::vector<std::string>& words, const Setting& setting) const;
    /// netlab's argv.
    static std::vector<std::string> words(const std::vector<std::string>& words);

    /// A name for a lab that no other test's lab has at the same time.
    static std::string lab_name();
    /// What is left of `lab` on the host, in words; empty if nothing. Waits a moment for the
    /// kernel.
    std::string left_of(const std::string& lab) const;

private:
    std::filesystem::path path_;
    std::filesystem::path scratch_;
    HostState before_;
};

/// A topology file that is there already.
struct TopologyFile {
    std::filesystem::path path;
};

/// The file of that name in topologies/.
TopologyFile lab_file(const std::string& name);

/// A running lab. The constructor fails the test unless the lab comes up, the destructor unless it
/// goes down and leaves nothing.
class LabUnderTest {
public:
    /// `topology` is the text of a JSON file.
    LabUnderTest(const Workshop& workshop, const std::string& topology);
    LabUnderTest(const Workshop& workshop, const TopologyFile& file);
    ~LabUnderTest() noexcept(false);
    LabUnderTest(const LabUnderTest&) = delete;
    LabUnderTest& operator=(const LabUnderTest&) = delete;

    const std::string& name() const { return name_; }
    const Workshop& workshop() const { return workshop_; }
    /// What `up` printed.
    const Ended& up() const { return up_; }

    /// Runs a command in a node (or in many).
    Ended exec(const std::string& node, const std::vector<std::string>& command) const;
    /// Runs a shell command.
    Ended sh(const std::string& node, const std::string& script) const;
    /// What a shell command prints, without the last newline. Fails the test unless it ends with 0.
    std::string says(const std::string& node, const std::string& script) const;
    /// Whether the node has 65536 ids, or the caller's alone.
    bool has_many_ids(const std::string& node) const;
    /// `netlab COMMAND --lab NAME …`
    Ended netlab(const std::string& command, const std::vector<std::string>& words = {}) const;

    /// The host's number of the supervisor.
    pid_t supervisor() const;
    /// The host's number of the PID 1 of a node.
    pid_t init_of(const std::string& node) const;

private:
    void bring_up(const std::filesystem::path& file);

    const Workshop& workshop_;
    std::string name_;
    Ended up_;
};

/// Whether labs have so here: programs that change users need more ids than the caller's own.
bool has_many_ids(const Workshop& workshop);

} // namespace netlab::test
