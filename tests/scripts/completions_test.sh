#!/usr/bin/env bash
# The completions of bash and fish offer commands, files, labs and nodes where each belongs; zsh's can be read.
# A stand-in for netlab answers `ls --names` and `ls --nodes`. Usage: completions_test.sh SOURCE_DIRECTORY
set -euo pipefail

completions=$1/completions
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/bin" "$room/folder"
touch "$room/lab.json" "$room/lab.yaml" "$room/notes.txt"
cat >"$room/bin/netlab" <<'STAND_IN'
#!/bin/sh
case "$*" in
    "ls --names") printf 'campus\nring\n' ;;
    "ls --nodes") printf 'h1\nsrv\n' ;;
    "ls --nodes --lab ring") printf 'r1\nr2\n' ;;
    "link ls --names") printf 'h1-srv\nwan\n' ;;
    "link ls --names --lab ring") printf 'r1-r2\n' ;;
    "faults --names") printf 'p1\nsplit\n' ;;
    *) exit 2 ;;
esac
STAND_IN
chmod +x "$room/bin/netlab"
export PATH=$room/bin:$PATH HOME=$room
cd "$room"

expect() { # WHAT EXPECTED ACTUAL
    local expected actual
    expected=$(tr ' ' '\n' <<<"$2" | sort | xargs)
    actual=$(tr ' ' '\n' <<<"$3" | sort | xargs)
    if [[ $expected != "$actual" ]]; then
        printf '%s\n  expected: %s\n  actual:   %s\n' "$1" "$expected" "$actual" >&2
        exit 1
    fi
}

# shellcheck source=/dev/null
source "$completions/netlab.bash"
bash_offers() { # WORDS... as typed, the last one is being completed
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _netlab netlab "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    echo "${COMPREPLY[*]}"
}
expect "bash: commands" "up exec run test ls inspect logs ps top stop start restart pause resume kill clock link partition heal faults ping check down doctor help" "$(bash_offers netlab '')"
expect "bash: a command begun" "inspect" "$(bash_offers netlab i)"
expect "bash: topology files and folders" "lab.json lab.yaml folder bin" "$(bash_offers netlab up '')"
expect "bash: nodes" "all h1 srv" "$(bash_offers netlab exec '')"
expect "bash: nodes of the named lab" "all r1 r2" "$(bash_offers netlab exec -l ring '')"
expect "bash: labs after --lab" "campus ring" "$(bash_offers netlab exec --lab '')"
expect "bash: labs to take down" "ring" "$(bash_offers netlab down r)"
expect "bash: options" "--dry-run" "$(bash_offers netlab up --d)"
expect "bash: commands of link" "set" "$(bash_offers netlab link s)"
expect "bash: links" "all h1-srv wan" "$(bash_offers netlab link set --delay 10ms '')"
expect "bash: links of the named lab" "r1-r2" "$(bash_offers netlab link measure -l ring '')"
expect "bash: properties" "--delay --distribution --duplicate" "$(bash_offers netlab link set wan --d)"
expect "bash: distributions" "normal" "$(bash_offers netlab link set wan --distribution n)"
expect "bash: nothing where a number belongs" "" "$(bash_offers netlab link set wan --delay '')"
expect "bash: faults" "p1 split" "$(bash_offers netlab heal '')"
expect "bash: shapes" "bridge" "$(bash_offers netlab partition --shape b)"
expect "bash: nodes of a side" "h1 srv" "$(bash_offers netlab partition --as x '')"
expect "bash: no netlab options in the node's command" "" "$(bash_offers netlab exec h1 ls --j)"

if command -v fish >/dev/null; then
    fish_offers() {
        fish --no-config -c "source $completions/netlab.fish; complete -C '$1'" | cut -f1 | xargs
    }
    expect "fish: commands" "up exec run test ls inspect logs ps top stop start restart pause resume kill clock link partition heal faults ping check down doctor help" "$(fish_offers 'netlab ')"
    expect "fish: topology files" "lab.json lab.yaml" "$(fish_offers 'netlab up l')"
    expect "fish: nodes" "all h1 srv" "$(fish_offers 'netlab exec ')"
    expect "fish: nodes of the named lab" "all r1 r2" "$(fish_offers 'netlab exec -l ring ')"
    expect "fish: commands of link" "ls set reset clear down up measure" "$(fish_offers 'netlab link ')"
    expect "fish: links" "all h1-srv wan" "$(fish_offers 'netlab link set --delay 10ms ')"
    expect "fish: links of the named lab" "r1-r2" "$(fish_offers 'netlab link measure -l ring ')"
    expect "fish: distributions" "normal" "$(fish_offers 'netlab link set wan --distribution n')"
    expect "fish: labs to take down" "campus ring" "$(fish_offers 'netlab down ')"
    expect "fish: labs after --lab" "campus ring" "$(fish_offers 'netlab inspect --lab ')"
fi
if command -v zsh >/dev/null; then
    zsh -n "$completions/_netlab"
fi
