#include "base/diagnostic.h"
#include "control/selection.h"
#include "support/catch.h"

namespace netlab::test {

namespace {

Plan plan_of(const std::vector<std::pair<std::string, std::vector<std::string>>>& nodes) {
    Plan plan;
    plan.name = "lab";
    for (const auto& [name, labels] : nodes) {
        NodePlan node;
        node.name = name;
        node.labels = labels;
        plan.nodes.push_back(std::move(node));
    }
    return plan;
}

std::string chosen(const Plan& plan, const std::vector<std::string>& patterns) {
    std::string names;
    for (const auto id : select_nodes(plan, patterns)) {
        names += plan.nodes[index(id)].name + " ";
    }
    return names;
}

const Plan lab = plan_of({{"h1", {"edge"}}, {"h2", {"edge", "old"}}, {"h10", {}}, {"r", {"core"}}});

std::string refusal(const std::vector<std::string>& patterns) {
    try {
        return chosen(lab, patterns);
    } catch (const InputError& error) {
        const auto& first = error.diagnostics().all().front();
        return first.message + " / " + first.hint;
    }
}

} // namespace

TEST_CASE("nodes are chosen by name, range, label or all, each once and in file order") {
    CHECK(chosen(lab, {"h2"}) == "h2 ");
    CHECK(chosen(lab, {"r", "h1", "r"}) == "h1 r ");
    CHECK(chosen(lab, {"h[1-2,10]"}) == "h1 h2 h10 ");
    CHECK(chosen(lab, {"@edge"}) == "h1 h2 ");
    CHECK(chosen(lab, {"@core", "h1"}) == "h1 r ");
    CHECK(chosen(lab, {"all"}) == "h1 h2 h10 r ");
    CHECK(chosen(lab, {}).empty());
}

TEST_CASE("an unknown node or label is refused with the nearest name") {
    CHECK(refusal({"h3"}).find("lab lab has no node 'h3'") == 0);
    CHECK(refusal({"h[1-3]"}).find("has no node 'h3'") != std::string::npos);
    CHECK(refusal({"@edeg"}).find("did you mean 'edge'") != std::string::npos);
    CHECK(refusal({"h[2-1]"}).find("h[2-1]") != std::string::npos);
    CHECK(refusal({"h[1-999999999]"}).find("h[1-999999999]") != std::string::npos);
    CHECK_THROWS_AS(select_nodes(lab, {""}), InputError);
    CHECK_THROWS_AS(select_nodes(lab, {"@"}), InputError);
}

TEST_CASE("ranges, labels and all mean many nodes, a name one") {
    CHECK(names_many("all"));
    CHECK(names_many("@edge"));
    CHECK(names_many("h[1-2]"));
    CHECK_FALSE(names_many("h1"));
}

} // namespace netlab::test
