#include "support/catch.h"
#include "support/golden.h"
#include "support/lab_under_test.h"

namespace netlab::test {

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// h1 --- r1 --- net ))) world:eth0 --- outside:eth0, a web server and a name server
constexpr const char* topology = R"json({
  "nodes": { "h1": {}, "r1": { "kind": "router" }, "net": { "kind": "internet" } },
  "links": [["h1", "r1"], ["r1", "net"]]
})json";

/// What `script` prints in the network that outside.sh makes.
Ended run_there(const Workshop& workshop, const std::string& forward, const std::string& script) {
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    setting.env["FILE"] = workshop.write("lab.json", topology);
    return run({"unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork",
                "--kill-child", "--mount-proc", "bash", "-c", ". \"$0\"\n" + script,
                source_path("tests/lab/outside.sh"), forward, workshop.path()},
               setting);
}

constexpr const char* visit = R"sh(
"$NETLAB" up -v "$FILE" >"$scratch/up" 2>&1 || { cat "$scratch/up"; exit 1; }
grep 'way out' "$scratch/up"
for node in h1 r1 net; do
    fetch $node http://203.0.113.1/
    fetch $node http://outside.test/
    fetch $node 'http://[2001:db8:1::1]/'
done
"$NETLAB" exec h1 -- ping -c1 -W5 203.0.113.1 >/dev/null && echo "ping answers"
)sh";

std::string nine_times(const std::string& line) {
    std::string text;
    for (int i = 0; i < 9; ++i) {
        text += line;
    }
    return text;
}

} // namespace

TEST_CASE("by slirp4netns every node reaches the outside, by address and by name, in both families",
          "[nftables]") {
    const Workshop workshop;
    const auto ran = run_there(workshop, "0", std::string{visit} + R"sh(
"$NETLAB" down >/dev/null
left
)sh");
    INFO(ran.err);
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "slirp4netns\n" + nine_times("this is the outside\n")));
    CHECK(has(ran.out, "ping answers\nnothing is left\n"));
}

TEST_CASE("by the kernel's NAT, too, where the caller may change the network and the host forwards",
          "[nftables]") {
    const Workshop workshop;
    const auto ran = run_there(workshop, "1", std::string{visit} + R"sh(
nft list ruleset | grep -c masquerade
"$NETLAB" down >/dev/null
left
)sh");
    INFO(ran.err);
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "NAT\n" + nine_times("this is the outside\n") + "ping answers\n2\n"));
    CHECK(has(ran.out, "nothing is left\n"));
}

TEST_CASE("a killed supervisor takes the lab's way out along, whichever it is", "[nftables]") {
    const Workshop workshop;
    const std::string forward = GENERATE("0", "1");
    const auto ran = run_there(workshop, forward, R"sh(
"$NETLAB" up "$FILE" >/dev/null
fetch h1 http://203.0.113.1/
supervisor=$(grep -ls '^netlab: lab' /proc/[0-9]*/cmdline | head -n 1)
kill -9 "$(cut -d/ -f3 <<<"$supervisor")"
left
)sh");
    INFO(ran.err);
    CHECK(ran.out == "this is the outside\nnothing is left\n");
}

TEST_CASE("a way out that was killed is one again when it starts, whichever it is", "[nftables]") {
    const Workshop workshop;
    const std::string forward = GENERATE("0", "1");
    const auto ran = run_there(workshop, forward, R"sh(
"$NETLAB" up "$FILE" >/dev/null
for i in 1 2; do
    "$NETLAB" exec net -- sh -c 'echo kept >/var/lib/f'
    "$NETLAB" kill net >/dev/null
    "$NETLAB" exec h1 -- ping -c1 -W1 203.0.113.1 >/dev/null || echo none
    "$NETLAB" start net
    "$NETLAB" exec net -- cat /var/lib/f
    fetch h1 http://outside.test/
    fetch net 'http://[2001:db8:1::1]/'
done
grep -csx 'slirp4netns' /proc/[0-9]*/comm | grep -c ':1' || true
"$NETLAB" down >/dev/null
left
)sh");
    INFO(ran.err);
    const std::string once = "none\nkept\nthis is the outside\nthis is the outside\n";
    CHECK(ran.out == once + once + (forward == "0" ? "1" : "0") + "\nnothing is left\n");
}

TEST_CASE("two labs with a way out by NAT do not meet", "[nftables]") {
    const Workshop workshop;
    const auto ran = run_there(workshop, "1", R"sh(
"$NETLAB" up -l one "$FILE" >/dev/null & "$NETLAB" up -l two "$FILE" >/dev/null
wait $!
for lab in one two; do
    "$NETLAB" exec -l $lab h1 -- ping -c1 -W5 203.0.113.1 >/dev/null && echo $lab
done
ip -br link | grep -o '^netlab[0-9]*' | sort
"$NETLAB" down --all >/dev/null
left
)sh");
    INFO(ran.err);
    CHECK(ran.out == "one\ntwo\nnetlab0\nnetlab1\nnothing is left\n");
}

TEST_CASE("a node does not reach the loopback services of the host by its way out", "[nftables]") {
    const Workshop workshop;
    const auto ran = run_there(workshop, "0", R"sh(
python3 -m http.server --directory "$scratch/pages" --bind 127.0.0.1 81 >/dev/null 2>&1 &
until python3 -c 'import urllib.request as r; r.urlopen("http://127.0.0.1:81/")' 2>/dev/null; do
    sleep 0.05
done
"$NETLAB" up "$FILE" >/dev/null
for address in 198.18.0.2 198.18.0.3 198.18.0.100; do
    fetch net http://$address:81/ 2>/dev/null || echo refused
done
"$NETLAB" down >/dev/null
)sh");
    INFO(ran.err);
    CHECK(ran.out == "refused\nrefused\nrefused\n");
}

TEST_CASE("a lab without an internet node reaches nothing outside") {
    const Workshop workshop;
    const auto ran = run_there(workshop, "1", R"sh(
sed 's/"internet"/"router"/' "$FILE" >"$scratch/closed.json"
"$NETLAB" up "$scratch/closed.json" >/dev/null
"$NETLAB" exec h1 -- ping -c1 -W1 203.0.113.1 >/dev/null 2>&1 || echo "no way"
"$NETLAB" exec h1 -- grep -c ^nameserver /etc/resolv.conf || true
"$NETLAB" down >/dev/null
)sh");
    INFO(ran.err);
    CHECK(ran.out == "no way\n0\n");
}

TEST_CASE("without slirp4netns and without rights, up says what to install, and leaves nothing") {
    const Workshop workshop;
    const auto ran = run_there(workshop, "0", R"sh(
mkdir "$scratch/bin"
PATH="$scratch/bin" "$NETLAB" up "$FILE" 2>&1 >/dev/null || echo "code $?"
left
)sh");
    INFO(ran.err);
    INFO(ran.out);
    CHECK(has(ran.out, "cannot give node net a way out: slirp4netns is not installed"));
    CHECK(has(ran.out, "apt-get install slirp4netns"));
    CHECK(has(ran.out, "lab.json:2:"));
    CHECK(has(ran.out, "nothing is left\n"));
}

// In the caller's own network; nothing outside is asked for anything.
TEST_CASE("whoever starts a lab, its way out has an uplink, and every node a default route to it",
          "[nftables]") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, topology};
    CHECK(has(lab.says("net", "ip -4 route show default"), "dev uplink"));
    CHECK(has(lab.says("r1", "ip -4 route show default"), "via"));
    CHECK(has(lab.says("h1", "ip -4 route show default"), "via"));
    CHECK(has(lab.says("net", "ip -br -4 addr show uplink"), "198.18."));
    CHECK(lab.sh("h1", "ping -c1 -W5 198.18.0.2").code == 0);
}

} // namespace netlab::test
