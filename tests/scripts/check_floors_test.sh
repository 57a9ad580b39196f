#!/usr/bin/env bash
# scripts/check-floors passes a house in order, and finds each kind of violation in one that is not.
# Usage: check_floors_test.sh SOURCE_DIRECTORY
set -euo pipefail

check=$1/scripts/check-floors
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
mkdir -p "$house"/src/{base,sys,topology,graph,plan}
cat >"$house/src/CMakeLists.txt" <<'CMAKE'
netlab_room(base USES fmt::fmt)
netlab_room(sys STANDS_ON base)
netlab_room(topology
    STANDS_ON base)   # on two lines
netlab_room(graph STANDS_ON base topology USES Boost::headers)
netlab_room(plan STANDS_ON base topology graph)
CMAKE

reset_house() {
    printf '#include <string>\n' >"$house/src/base/source.h"
    printf '#include "base/source.h"\n#include <sys/mount.h>\n' >"$house/src/sys/mount.h"
    printf '#include "base/source.h"\n' >"$house/src/topology/topology.h"
    printf '#include "topology/topology.h"\n#include <boost/graph/graph.hpp>\n' >"$house/src/graph/graph.cpp"
    printf '#include "topology/topology.h"\n' >"$house/src/graph/paths.h"
    printf '#include <boost/graph/graph.hpp>\n' >"$house/src/graph/inner.h"
    printf '#include "graph/paths.h"\n' >"$house/src/plan/plan.cpp"
}

expect_found() { # what the line must say
    local output
    if output=$("$check" "$house" 2>&1); then
        echo "not found: $1" >&2
        exit 1
    fi
    if [[ $output != *"$1"* ]]; then
        printf 'expected: %s\nactual:   %s\n' "$1" "$output" >&2
        exit 1
    fi
}

reset_house
"$check" "$house"

printf '\n#include "sys/mount.h"\n' >"$house/src/topology/topology.h"
expect_found "src/topology/topology.h:2: \"sys/mount.h\": topology does not stand on sys"

reset_house
printf '#include <unistd.h>\n' >"$house/src/base/source.h"
expect_found "src/base/source.h:1: <unistd.h>: base is a room of the paper wing"

reset_house
printf '# include <linux/veth.h>\n' >"$house/src/topology/topology.h"
expect_found "src/topology/topology.h:1: <linux/veth.h>"

reset_house
printf '#include <boost/graph/graph.hpp>\n' >"$house/src/plan/plan.cpp"
expect_found "src/plan/plan.cpp:1: <boost/graph/graph.hpp>: Boost stays inside src/graph"

reset_house
printf '#include "graph/inner.h"\n' >"$house/src/graph/paths.h"
expect_found "src/plan/plan.cpp:1: \"graph/paths.h\": leads to Boost"

reset_house
printf '#include "source.h"\n' >"$house/src/base/source.h"
expect_found "src/base/source.h:1: \"source.h\": name the room too"

reset_house
mkdir "$house/src/attic"
printf '\n' >"$house/src/attic/old.cpp"
expect_found "src/attic/old.cpp:1: src/attic is not declared"
