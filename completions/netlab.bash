# Completion of netlab for bash. Labs and nodes are asked of netlab itself: one name a line.
# shellcheck shell=bash

# The lab that the words so far name with -l or --lab, as options for another netlab.
_netlab_lab_option() {
    local i
    lab_option=()
    for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do
        case ${COMP_WORDS[i]} in
            -l | --lab) lab_option=(--lab "${COMP_WORDS[i + 1]}") ;;
            --lab=*) lab_option=("${COMP_WORDS[i]}") ;;
        esac
    done
}

# The command (with link, `link-set` and so on), and how many words stand after it that are no options and no
# options' values.
_netlab_position() {
    local i word
    command='' arguments=0
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            -l | --lab | --timeout | --times | --parallel | --set | --output | --junit | --since | -n | --lines | --rounds | --time | --delay | --jitter | --loss | --duplicate | --corrupt | --reorder | --rate | \
                --queue | --correlation | --distribution | --seed | --shape | --as) ((i++)) ;;
            -*) ;;
            *)
                if [[ -z $command ]]; then
                    command=$word
                elif [[ $command == link ]]; then
                    command=link-$word
                else
                    ((arguments++))
                fi
                ;;
        esac
    done
}

_netlab_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }

_netlab_topology_files() {
    local suffix
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(
        for suffix in json yaml yml; do
            compgen -f -X "!*.$suffix" -- "$current"
        done
        compgen -d -- "$current"
    )
}

_netlab_options() {
    case $command in
        up) echo "--dry-run --json --lab --timeout -v -vv --verbose --help" ;;
        run) echo "--lab --timeout --help" ;;
        test) echo "--times --parallel --seed --set --keep --output --junit --tap --json --timeout --help" ;;
        exec | inspect) echo "--json --lab --help" ;;
        ls) echo "--json --names --nodes --lab --help" ;;
        link) echo "--help" ;;
        link-ls) echo "--json --names --lab --help" ;;
        link-set)
            echo "--delay --jitter --loss --duplicate --corrupt --reorder --rate --queue --correlation" \
                "--distribution --seed --json --lab --help"
            ;;
        link-reset | link-clear | link-down | link-up) echo "--json --lab --help" ;;
        link-measure) echo "--time --json --lab --help" ;;
        partition) echo "--one-way --cut --cheapest --shape --seed --as --json --lab --help" ;;
        heal) echo "--all --json --lab --help" ;;
        faults) echo "--json --names --lab --help" ;;
        ping) echo "--all -4 -6 --timeout --json --lab --help" ;;
        check | doctor) echo "--json --help" ;;
        ps) echo "--json --names --lab --help" ;;
        logs) echo "--follow --since --lines --json --lab --help" ;;
        stop | restart) echo "--timeout --lab --help" ;;
        start) echo "--wipe --lab --help" ;;
        pause | resume | kill) echo "--lab --help" ;;
        clock) echo "--drift --reset --json --lab --help" ;;
        top) echo "--rounds --json --lab --help" ;;
        down) echo "--all --timeout --lab --help" ;;
        *) echo "--help --version" ;;
    esac
}

_netlab() {
    local current=$2 previous=$3 command arguments lab_option
    local commands="up exec run test ls inspect ps logs stop start restart pause resume kill clock top link partition heal faults ping check down doctor help"
    COMPREPLY=()
    _netlab_position
    _netlab_lab_option
    case $previous in
        -l | --lab)
            _netlab_words "$(netlab ls --names 2>/dev/null)"
            return
            ;;
        --timeout)
            _netlab_words "10s 30s 60s"
            return
            ;;
        --since)
            _netlab_words "10s 1m 5m 1h"
            return
            ;;
        -n | --lines | --rounds)
            return # a number
            ;;
        --time)
            _netlab_words "2s 4s 10s 60s"
            return
            ;;
        --distribution)
            _netlab_words "uniform normal pareto"
            return
            ;;
        --shape)
            _netlab_words "halves bridge ring majority-ring isolate:"
            return
            ;;
        --as | --drift | --delay | --jitter | --loss | --duplicate | --corrupt | --reorder | --rate | --queue | --correlation | --seed)
            return # a name, or a number and its unit
            ;;
    esac
    if [[ $current == -* && $command:$arguments != exec:[1-9]* ]]; then
        _netlab_words "$(_netlab_options)"
        return
    fi
    case $command:$arguments in
        :0) _netlab_words "$commands" ;;
        up:0 | run:0 | test:0 | check:*) _netlab_topology_files ;;
        run:1) mapfile -t COMPREPLY < <(compgen -c -- "$current") ;;
        exec:0 | ping:[01]) _netlab_words "all $(netlab ls --nodes "${lab_option[@]}" 2>/dev/null)" ;;
        link:0) _netlab_words "ls set reset clear down up measure" ;;
        link-measure:0 | link-ls:*) _netlab_words "$(netlab link ls --names "${lab_option[@]}" 2>/dev/null)" ;;
        link-measure:*) ;;
        link-*) _netlab_words "all $(netlab link ls --names "${lab_option[@]}" 2>/dev/null)" ;;
        heal:*) _netlab_words "$(netlab faults --names "${lab_option[@]}" 2>/dev/null)" ;;
        inspect:* | partition:* | ps:* | top:* | pause:* | resume:* | kill:* | clock:*) _netlab_words "$(netlab ls --nodes "${lab_option[@]}" 2>/dev/null)" ;;
        exec:1) mapfile -t COMPREPLY < <(compgen -c -- "$current") ;;
        exec:*)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        logs:* | stop:* | start:* | restart:*)
            _netlab_words "all $(netlab ls --nodes "${lab_option[@]}" 2>/dev/null)
                $(netlab ps --names "${lab_option[@]}" 2>/dev/null)"
            ;;
        down:0) _netlab_words "$(netlab ls --names 2>/dev/null)" ;;
    esac
}

complete -F _netlab netlab
