# What scripts/test is made of; sourced by it. $root is the source tree, and the working directory.
# shellcheck shell=bash disable=SC2154

# shellcheck source=scripts/build-options.sh
source scripts/build-options.sh

logs=$root/build/test-logs
rm -rf "$logs"
mkdir -p "$logs"
jobs=$(nproc)
passed=0
failed=0
results=()
again=
last_failed=0
as_user=()
# Rooms (ctest's labels) to which it matters what ids a user has.
# shellcheck disable=SC2034 # scripts/test uses them
depends_on_ids='^(sys|relay|image|node|lab|control)$'
# Rooms that make no system calls to which it matters.
# shellcheck disable=SC2034
alike_for_all='^(base|document|topology|graph|plan|scenario|scripts)$'
# What sanitizers see: every room but lab and cli, each of whose commands they make ten times slower; control starts labs, too, and
# packet and relay have the processes that work for a lab. What a test of sizes says of time and memory says nothing of a sanitized program.
# shellcheck disable=SC2034
sanitized_rooms=(base document topology graph plan scenario sys netlink packet relay image node control)
# shellcheck disable=SC2034
not_for_sanitizers='(tens|hundreds) of thousands|a million mistakes|room for cost no copies|whose heap is in a file'

# step NAME COMMAND...: runs it with its output in a log, shows the log's end if it fails, and counts.
step() {
    local name=$1 started=$SECONDS status word
    shift
    log=$logs/$(printf '%02d' ${#results[@]})-${name//[^a-zA-Z0-9]/_}.log
    printf '%-62s ' "$name"
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    count_tests "$log" $status
    word=ok
    last_failed=$((status != 0))
    if ((last_failed)); then
        word=FAILED
    fi
    results+=("$(printf '%-6s %5ds  %s' $word $((SECONDS - started)) "$name")")
    printf '%-6s %4ds\n' $word $((SECONDS - started))
    if ((last_failed)); then
        tail -n 60 "$log" | sed 's/^/    /'
        echo "    (all of it: ${log#"$root"/})"
    fi
}

# begin COMMAND...: starts it beside the steps that follow, at the lowest priority: tests of labs wait more than they compute.
begin() {
    beside_log=$logs/beside.log
    (
        renice -n 19 -p "$BASHPID" >/dev/null
        "$@"
    ) >"$beside_log" 2>&1 </dev/null &
    beside=$!
}

# The end of what was begun: its step takes as long as there is still to wait.
finish() {
    local status
    wait "$beside"
    status=$?
    cat "$beside_log"
    return $status
}

# A step of ctest or of test programs counts its test cases, any other step counts as one.
count_tests() {
    local lines bad=0 all=0 cases
    mapfile -t lines < <(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$1")
    if [[ ${lines[0]-} =~ failed\ out\ of\ ([0-9]+) ]]; then
        all=${BASH_REMATCH[1]}
        [[ ${lines[-1]} =~ ,\ ([0-9]+)\ tests?\ failed ]] && bad=${BASH_REMATCH[1]}
        if ((${#lines[@]} > 1)); then
            again+=$(sed -n '/^--- once more/q; s/^\t *[0-9]* - \(.*\) (.*)$/    \1/p' "$1")$'\n'
        fi
    elif (($2 == 0)); then
        cases=$(sed -nE 's/^All tests passed \(.* in ([0-9]+) test cases?\)$/\1/p' "$1" |
            awk "{ all += \$1 } END { if (all) print all }")
        all=${cases:-1}
    fi
    if (($2 != 0 && bad == 0)); then
        bad=1
        all=$((all + 1))
    fi
    passed=$((passed + all - bad))
    failed=$((failed + bad))
}

stop_if_failed() {
    if ((last_failed)); then
        echo "stopped: $1"
        summary
    fi
}

summary() {
    echo
    printf '%s\n' "${results[@]}"
    printf 'in %d min %02d s\n\n' $((SECONDS / 60)) $((SECONDS % 60))
    if [[ -n $again ]]; then
        printf 'run twice, the second time with the machine for itself:\n%s\n' "$again"
    fi
    echo "$passed passed, $failed failed"
    exit $((failed > 0))
}

# netlab-test has a range of subordinate ids, netlab-plain (a system user, so that useradd gives it none) has not.
make_test_users() {
    if ! id netlab-test; then
        useradd --create-home --shell /bin/bash netlab-test || return 1
    fi
    if ! id netlab-plain; then
        useradd --system --create-home --shell /bin/bash netlab-plain || return 1
    fi
    if ! grep -q '^netlab-test:' /etc/subuid; then
        usermod --add-subuids 1500000000-1500065535 netlab-test || return 1
    fi
    if ! grep -q '^netlab-test:' /etc/subgid; then
        usermod --add-subgids 1500000000-1500065535 netlab-test || return 1
    fi
    if grep -H '^netlab-plain:' /etc/subuid /etc/subgid; then
        echo "netlab-plain must not have subordinate ids"
        return 1
    fi
}

# udev makes /dev/net/tun for everybody (50-udev-default.rules); where there is no udev it may be root's, or missing.
open_tun() {
    if [[ ! -c /dev/net/tun ]]; then
        mkdir -p /dev/net && mknod /dev/net/tun c 10 200 || return 1
    fi
    chmod 0666 /dev/net/tun && ls -l /dev/net/tun
}

# A clone under /root, or one made with a strict umask, cannot be read by the ordinary users; and the test programs
# know the source tree by its path. So the whole run moves to a copy.
move_to_where_everybody_can_read() {
    local as_other=(setpriv --reuid=netlab-plain --regid=netlab-plain --clear-groups) unreadable
    unreadable=$("${as_other[@]}" find "$root" \( -path "$root/build" -o -path "$root/.git" \) -prune \
        -o ! -readable -print 2>&1 | head -n 1)
    if [[ -z $unreadable ]] && "${as_other[@]}" test -x "$root/build"; then
        return
    fi
    local copy=/var/tmp/netlab-tests
    echo "ordinary users cannot read $root: going on in $copy"
    mkdir -p "$copy" && chmod 0755 "$copy" || exit 1
    # The build directories there are kept from the run before: that makes the next one fast.
    find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    tar --exclude=./build --exclude=./.git -cf - . | tar -C "$copy" --no-same-owner -xf - || exit 1
    files_to_tidy >"$copy/.files-to-tidy" # the copy has no history
    chmod -R a+rX "$copy" || exit 1
    local options=(--no-setup --fuzz "$fuzz_seconds")
    if ((analyze)); then
        options+=(--analyze)
    fi
    if ((second_kernel)); then
        options+=(--second-kernel)
    fi
    exec "$copy/scripts/test" "${options[@]}"
}

check_scripts() {
    local status=0 file first
    local shell_files=() python_files=()
    for file in scripts/* .ci/run tests/bench/* tests/scripts/* tests/sweeps/* tests/lab/*.sh completions/netlab.bash; do
        [[ -f $file ]] || continue
        first=$(head -n 1 "$file")
        case $file:$first in
            *.bash:* | *.sh:* | *:'#!'*bash) shell_files+=("$file") ;;
            *.py:* | *:'#!'*python3) python_files+=("$file") ;;
        esac
    done
    shellcheck "${shell_files[@]}" || status=1
    for file in "${python_files[@]}"; do
        python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" || status=1
    done
    zsh -n completions/_netlab || status=1
    fish --no-execute completions/netlab.fish || status=1
    echo "${#shell_files[@]} shell files, ${#python_files[@]} Python files, completions of zsh and fish"
    return $status
}

check_format() {
    find src tests \( -name '*.h' -o -name '*.cpp' \) -exec clang-format --dry-run --Werror {} +
}

# build_preset PRESET [CMAKE_OPTION...]
build_preset() {
    local preset=$1 build_options
    shift
    take_build_options
    cmake --preset "$preset" "${build_options[@]}" "$@" &&
        cmake --build --preset "$preset" --parallel "$jobs" ${targets:+--target "${targets[@]}"}
}

build_sanitized() {
    local targets=(netlab fuzz_topology fuzz_scenario "${sanitized_rooms[@]/#/test_}")
    build_preset sanitizers
}

# run_ctest PRESET [OPTION...]
run_ctest() {
    local preset=$1
    shift
    ctest_twice --test-dir "build/$preset" --no-tests=error --output-on-failure "$@"
}

# ctest_twice OPTION...: what fails beside other tests is run once more with the machine for itself. That tells a test that a busy
# machine starved from one that fails; the summary says which needed it.
ctest_twice() {
    "${as_user[@]}" ctest "$@" --parallel $((jobs + 2)) && return
    echo "--- once more, one at a time:"
    "${as_user[@]}" ctest "$@" --rerun-failed
}

# run_ctest_as USER PRESET [OPTION...]: with nothing in its environment but what a login gives.
run_ctest_as() {
    local user=$1 preset=$2 runtime home status
    shift 2
    home=$(getent passwd "$user" | cut -d: -f6)
    runtime=$(mktemp -d "/tmp/$user.XXXXXX") && chown "$user:" "$runtime" && chmod 0700 "$runtime" || return 1
    chown -R "$user:" "build/$preset/Testing" # ctest's own log
    local as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups env -i
        PATH=/usr/local/bin:/usr/bin:/bin HOME="$home" USER="$user" LOGNAME="$user" SHELL=/bin/bash
        LANG=C.UTF-8 XDG_RUNTIME_DIR="$runtime")
    ctest_twice --test-dir "build/$preset" --no-tests=error --output-on-failure "$@"
    status=$?
    chown -R root: "build/$preset/Testing"
    find "$runtime" -mindepth 1 | head
    rm -rf "$runtime"
    return $status
}

# On Linux 6.1, which has netem, and as many slow processors as there are here: see scripts/second-kernel-tests. Not what wants a
# quick processor ([speed]), NAT or nftables' family inet ([nftables]): Debian builds that kernel without them.
run_on_second_kernel() {
    local labs='~[speed]~[nftables]~[.]'
    if ((second_kernel)); then
        labs+=',[.alone]'
    fi
    scripts/second-kernel-tests --time 1200 --each 240 build/release/tests/test_netem '*' \
        build/release/tests/test_netlink '~[#masquerade_test]~[#deafness_test]' build/release/tests/test_lab "$labs"
}

# Limits need cgroup v2 with its controllers.
run_cgroup_tests() {
    scripts/second-kernel --time 600 build/release/tests/test_lab "[.cgroup]"
}

# repack PACKAGE DIRECTORY: a package of what is installed of it here.
repack() {
    local package=$1 tree file
    tree=$(mktemp -d "$2/tree.XXXXXX") && mkdir -m 0755 "$tree/DEBIAN" && chmod 0755 "$tree" || return 1
    dpkg-query -L "$package" | sed -n 's|^/\(.\)|\1|p' | grep -vxE '\.|s?bin|lib(32|64|x32)?' |
        while read -r file; do
            [[ -e /$file || -L /$file ]] && printf '%s\n' "$file"
        done | tar -C / --no-recursion -T - -cf - | tar -C "$tree" -xpf - || return 1
    dpkg-query -s "$package" | awk '/^[^ ]/ { keep = !/^(Status|Conffiles|Important):/ } keep' >"$tree/DEBIAN/control"
    for file in preinst postinst prerm postrm conffiles triggers; do
        cp -p "$(dpkg-query -c "$package" "$file" 2>/dev/null || echo /dev/null)" "$tree/DEBIAN/$file" 2>/dev/null
        [[ -s $tree/DEBIAN/$file ]] || rm -f "$tree/DEBIAN/$file"
    done
    dpkg-deb -Znone --build "$tree" "$2/$package.deb" >/dev/null && rm -rf "$tree"
}

# A repository of the packages that every Debian has, made again from this host's own files: mmdebstrap then needs no network.
make_debian_repository() {
    local repository=$1 index package
    index=dists/bookworm/main/binary-$(dpkg --print-architecture)
    rm -rf "$repository"
    mkdir -p "$repository/pool" "$repository/$index" || return 1
    # shellcheck disable=SC2016 # ${Essential} is dpkg-query's
    # awk is a virtual package, which is not followed to those that are it.
    for package in $(dpkg-query -W -f '${Essential} ${Package}\n' | sed -n 's/^yes //p; $s/.*/mawk/p' |
        xargs apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks \
            --no-replaces --no-enhances | grep -oE '[a-z0-9][a-z0-9+.-]+$' | sort -u |
        xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | sort -u); do
        repack "$package" "$repository/pool" || return 1
    done
    (
        cd "$repository" && dpkg-scanpackages --multiversion pool >"$index/Packages" || exit 1
        printf 'Suite: bookworm\nCodename: bookworm\nComponents: main\nArchitectures: %s\nDate: %s\nSHA256:\n %s %s %s\n' \
            "$(dpkg --print-architecture)" "$(date -uR)" "$(sha256sum <"$index/Packages" | cut -d' ' -f1)" \
            "$(stat -c %s "$index/Packages")" "${index#dists/bookworm/}/Packages" >dists/bookworm/Release
    )
}

# "A root file system of its own, one made with mmdebstrap."
run_mmdebstrap_test() {
    local repository=/var/tmp/netlab-debian status
    make_debian_repository "$repository" &&
        NETLAB_DEBIAN=$repository build/release/tests/test_lab "[.mmdebstrap]"
    status=$?
    rm -rf "$repository"
    return $status
}

check_install() {
    local prefix
    prefix=$(mktemp -d) || return 1
    cmake --install build/release --prefix "$prefix" &&
        "$prefix/bin/netlab" --help >/dev/null &&
        "$prefix/bin/netlab" check "$prefix/share/netlab/topologies/campus.json" &&
        (cd "$prefix" && ls -l bin/netlab libexec/netlab/netlab-main share/man/man1/netlab.1 share/bash-completion/completions/netlab \
            share/zsh/site-functions/_netlab share/fish/vendor_completions.d/netlab.fish \
            share/doc/netlab/LICENSE)
    local status=$?
    rm -rf "$prefix"
    return $status
}

# fuzz NAME FOLDER...: half of the time, from the inputs in the folders
fuzz() {
    local name=$1 corpus=build/fuzz-corpus-$1
    shift
    mkdir -p "$corpus" build/fuzz-finds
    "build/sanitizers/tests/fuzz/fuzz_$name" -max_total_time=$(((fuzz_seconds + 1) / 2)) -timeout=10 -rss_limit_mb=2048 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix=build/fuzz-finds/ \
        -dict="tests/fuzz/$name.dict" "$corpus" "$@"
}

run_fuzz() {
    fuzz topology tests/fuzz/corpus topologies && fuzz scenario tests/fuzz/scenarios tests/golden/scenarios topologies/scenarios
}

# The files of src that the last five commits of the main line have touched; --analyze and a tree without history: all.
files_to_tidy() {
    if [[ -e .files-to-tidy ]]; then
        cat .files-to-tidy
        return
    fi
    if ((analyze)) || ! git -C "$root" rev-parse --quiet --verify HEAD~5 >/dev/null; then
        find src -name '*.cpp' | sort
        return
    fi
    git -C "$root" diff --name-only --diff-filter=d HEAD~5 -- 'src/*.cpp'
}

# Clang's warnings and clang-tidy's, for what has changed lately: all of src takes as long as half of what else there is.
# Its analyzer takes longer still, and is asked for by --analyze, with all files. Files that passed before with the
# same headers and settings are not looked at again.
run_tidy() {
    local stamps=build/tidy shared file checks=-clang-analyzer-\*
    if ((analyze)); then
        checks=
    fi
    cmake --preset clang || return 1
    mkdir -p "$stamps"
    shared=$({ clang-tidy --version && find src -name '*.h' | sort | xargs cat .clang-tidy; } | sha256sum)
    while read -r file; do
        local stamp
        stamp=$stamps/$({ echo "$shared $checks $file" && cat "$file"; } | sha256sum | cut -c1-40)
        if [[ ! -e $stamp ]]; then
            printf '%s\0%s\0' "$stamp" "$file"
        fi
    done < <(files_to_tidy) >"$stamps/wanted"
    # shellcheck disable=SC2016 # $1 and $2 are the inner shell's
    CHECKS=$checks timeout 1200 xargs -0 -r -n 2 -P "$jobs" \
        sh -c 'clang-tidy --quiet -p build/clang --checks="$CHECKS" "$2" && touch "$1"' tidy <"$stamps/wanted"
}

# What a leaking lab would change: interfaces, mounts, names in /run/netns, labs, processes.
host_state() {
    ls /sys/class/net
    awk '{print $2, $3}' /proc/self/mounts
    ls /run/netns 2>/dev/null
    ls "${XDG_RUNTIME_DIR:-/run}/netlab" 2>/dev/null
    # What has ended may wait for the host's init to take note of it.
    pgrep -r D,R,S,T -l '^netlab' || true
}

nothing_left() {
    local now deadline=$((SECONDS + 10))
    # The kernel takes network namespaces apart in a worker of its own, a moment later.
    # More than before is left; less (another lab that ended meanwhile) is not.
    while now=$(comm -13 <(sort <<<"$1") <(host_state | sort)) && [[ -n $now ]] && ((SECONDS < deadline)); do
        sleep 0.5
    done
    echo "$now"
    [[ -z $now ]]
}
