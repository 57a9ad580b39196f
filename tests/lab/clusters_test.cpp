#include "support/catch.h"
#include "support/golden.h"
#include "support/lab_under_test.h"

#include <csignal>

namespace netlab::test {

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Ended refused(const Workshop& workshop, const std::string& file) {
    const auto name = Workshop::lab_name();
    auto up = workshop.netlab({"up", "-l", name, lab_file(file).path});
    INFO(up.err);
    CHECK(up.code == 1);
    CHECK(workshop.left_of(name) == "");
    return up;
}

/// Asks for / again and again for some seconds; prints how many were not answered with a name.
constexpr const char* ask_for_pages = R"(python3 -c '
import time, urllib.request
bad = 0
end = time.time() + 6
while time.time() < end:
    try:
        bad += not urllib.request.urlopen("http://lb/", timeout=9).read().startswith(b"web")
    except Exception as error:
        print(error)
        bad += 1
    time.sleep(0.01)
print("lost", bad)
')";

/// The node of e1 to e3 whose member leads the cluster.
std::string etcd_leader(const LabUnderTest& lab) {
    for (const std::string node : {"e1", "e2", "e3"}) {
        // id, version, size, is leader, …
        if (has(lab.says(node, "etcdctl endpoint status | cut -d, -f5"), "true")) {
            return node;
        }
    }
    return "";
}

} // namespace

// client, lb, web1, web2, web3 --- sw
TEST_CASE("HAProxy loses no request when a web server behind it is stopped and started") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_file("web-cluster.json")};
    Program asking{
        Workshop::words({"exec", "-l", lab.name(), "client", "--", "sh", "-c", ask_for_pages}),
        workshop.setting()};
    CHECK(lab.netlab("stop", {"web2"}).code == 0);
    CHECK(eventually([&] { return has(lab.netlab("logs", {"lb"}).out, "servers/web2 is DOWN"); }));
    CHECK(lab.netlab("start", {"web2"}).code == 0);
    CHECK(eventually([&] { return has(lab.netlab("logs", {"lb"}).out, "servers/web2 is UP"); }));
    const auto asked = asking.finish();
    INFO(asked.err);
    CHECK(asked.out == "lost 0\n");
}

// db1, db2, db3, s1, s2, s3 --- sw
TEST_CASE("Sentinel makes a replica the master when the master's node is stopped") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_file("redis-sentinel.json")};
    CHECK(lab.says("db1", "redis-cli set greeting hello") == "OK");
    // Sentinels find each other through the master; without that there is no vote.
    const auto peers = [&] {
        return lab.sh("s1", "redis-cli -p 26379 sentinel sentinels lab").out;
    };
    REQUIRE(eventually([&] {
        const auto found = peers();
        return found.find("runid") != found.rfind("runid");
    }));
    CHECK(eventually([&] { return lab.sh("db2", "redis-cli get greeting").out == "hello\n"; }));
    CHECK(lab.netlab("stop", {"db1"}).code == 0);
    const auto master = [&] {
        return lab.sh("s1", "redis-cli -p 26379 sentinel get-master-addr-by-name lab | head -1")
            .out;
    };
    REQUIRE(eventually([&] { return has(master(), "db2") || has(master(), "db3"); },
                       std::chrono::seconds{60}));
    auto name = master();
    name.pop_back();
    CHECK(eventually([&] { return has(lab.sh(name, "redis-cli role").out, "master"); }));
    CHECK(lab.says(name, "redis-cli get greeting") == "hello");
}

// e1, e2, e3 --- sw
TEST_CASE(
    "etcd elects another leader when the leader's node is stopped, and keeps what was written") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_file("etcd.json")};
    CHECK(lab.says("e1", "etcdctl put greeting hello") == "OK");
    const auto leader = etcd_leader(lab);
    REQUIRE_FALSE(leader.empty());
    const std::string other = leader == "e1" ? "e2" : "e1";
    CHECK(lab.netlab("stop", {leader}).code == 0);
    CHECK(eventually([&] { return lab.sh(other, "etcdctl put greeting again").code == 0; },
                     std::chrono::seconds{60}));
    CHECK(has(lab.says(other, "etcdctl get greeting"), "again"));
    CHECK(lab.netlab("start", {leader}).code == 0);
    CHECK(eventually([&] { return has(lab.sh(leader, "etcdctl get greeting").out, "again"); }));
}

// e1, e2, e3 --- sw
TEST_CASE("etcd elects another leader when the leader's node is killed, and writes survive") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_file("etcd.json")};
    CHECK(lab.says("e1", "etcdctl put greeting hello") == "OK");
    const auto leader = etcd_leader(lab);
    REQUIRE_FALSE(leader.empty());
    const std::string other = leader == "e1" ? "e2" : "e1";
    REQUIRE(::kill(lab.init_of(leader), SIGKILL) == 0);
    CHECK(eventually([&] { return lab.sh(other, "etcdctl put farewell bye").code == 0; },
                     std::chrono::seconds{60}));
    CHECK(has(lab.says(other, "etcdctl get greeting"), "hello"));
    CHECK(has(lab.says(other, "etcdctl get farewell"), "bye"));
    CHECK(has(lab.netlab("inspect").out, "ended"));
}

// pg1, pg2, client --- sw
TEST_CASE(
    "a PostgreSQL replica has what the server wrote, and takes its place when it is promoted") {
    const Workshop workshop;
    if (!has_many_ids(workshop)) {
        const auto up = refused(workshop, "postgres.json");
        CHECK(has(up.err, "service postgres user 'postgres'"));
        CHECK(has(up.err, "/etc/subuid"));
        return;
    }
    const LabUnderTest lab{workshop, lab_file("postgres.json")};
    const auto ask = [&](const std::string& server, const std::string& sql) {
        return lab.sh("client", "psql -h " + server + " -U postgres -Atc \"" + sql + "\"");
    };
    CHECK(ask("pg1", "create table t (n int); insert into t values (1)").code == 0);
    CHECK(eventually([&] { return ask("pg2", "select n from t").out == "1\n"; }));
    CHECK(ask("pg2", "insert into t values (2)").code != 0);
    CHECK(lab.netlab("stop", {"pg1"}).code == 0);
    CHECK(lab.sh("pg2", "su postgres -c 'pg promote'").code == 0);
    CHECK(ask("pg2", "insert into t values (2)").code == 0);
    CHECK(ask("pg2", "select sum(n) from t").out == "3\n");
}

// pc1, pc2 --- home --- www
TEST_CASE(
    "PCs have addresses by DHCP, go out under their router's, and are not reached from outside",
    "[nftables]") {
    const Workshop workshop;
    if (!has_many_ids(workshop)) {
        CHECK(has(refused(workshop, "home-nat.json").err, "service dnsmasq"));
        return;
    }
    const LabUnderTest lab{workshop, lab_file("home-nat.json")};
    CHECK(has(lab.says("pc1", "ip -4 -br address show eth0"), " 192.168.1."));
    CHECK(lab.sh("pc1", "ping -c1 -W4 pc2.lan").code == 0);
    CHECK(lab.sh("pc2", "busybox wget -qO- http://www.example/").code == 0);
    const auto log = lab.netlab("logs", {"www"}).out;
    CHECK(has(log, " 203.0.113.1 - - "));
    CHECK_FALSE(has(log, "192.168.1."));
    const auto pc = lab.says("pc1", "ip -4 -o address show eth0 | grep -o '192[0-9.]*' | head -n1");
    lab.says("www", "ip route add 192.168.1.0/24 via 203.0.113.1");
    CHECK(lab.sh("www", "ping -c1 -W1 " + pc).code != 0);
    CHECK(lab.sh("home", "ping -c1 -W4 " + pc).code == 0);
}

} // namespace netlab::test
