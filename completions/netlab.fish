# Completion of netlab for fish. Labs and nodes are asked of netlab itself: one name a line.

# The lab that the words so far name with -l or --lab, as options for another netlab.
function __netlab_lab_option
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case -l --lab
                printf '%s\n' --lab $words[(math $i + 1)]
            case '--lab=*'
                echo $words[$i]
        end
    end
end

function __netlab_nodes
    netlab ls --nodes (__netlab_lab_option) 2>/dev/null
end

function __netlab_services
    netlab ps --names (__netlab_lab_option) 2>/dev/null
end

function __netlab_links
    netlab link ls --names (__netlab_lab_option) 2>/dev/null
end

function __netlab_faults
    netlab faults --names (__netlab_lab_option) 2>/dev/null
end

# The words that are no options and no options' values, "netlab" and the command among them.
function __netlab_arguments
    set -l skip 0
    for word in (commandline -opc)
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -l --lab --timeout --since -n --lines --rounds --time --delay --jitter --loss --duplicate --corrupt --reorder --rate --queue \
                    --correlation --distribution --seed --shape --as
                set skip 1
            case '-*'
            case '*'
                echo $word
        end
    end
end

function __netlab_count
    set -l words (__netlab_arguments)
    test (count $words) -eq $argv[1]
end

function __netlab_wants # COMMAND ARGUMENTS-SO-FAR
    set -l words (__netlab_arguments)
    test "$words[2]" = $argv[1]; and test (count $words) -eq (math $argv[2] + 2)
end

function __netlab_command
    set -l words (__netlab_arguments)
    contains -- "$words[2]" $argv
end

# The command after `link` is one of these.
function __netlab_link_command
    set -l words (__netlab_arguments)
    test "$words[2]" = link; and contains -- "$words[3]" $argv
end

complete -c netlab -f
complete -c netlab -n '__netlab_count 1' -a up -d 'bring a lab up from its topology file'
complete -c netlab -n '__netlab_count 1' -a exec -d 'run a command in a node, or in many'
complete -c netlab -n '__netlab_count 1' -a run -d 'start a lab, run a command beside it, end the lab'
complete -c netlab -n '__netlab_count 1' -a test -d 'run a scenario, with a verdict'
complete -c netlab -n '__netlab_count 1' -a ls -d 'list the running labs'
complete -c netlab -n '__netlab_count 1' -a inspect -d 'show what the kernel says of a lab or a node'
complete -c netlab -n '__netlab_count 1' -a ps -d 'list services'
complete -c netlab -n '__netlab_count 1' -a logs -d 'show what services have printed'
complete -c netlab -n '__netlab_count 1' -a stop -d 'end services, or all that runs in nodes'
complete -c netlab -n '__netlab_count 1' -a start -d 'run services again'
complete -c netlab -n '__netlab_count 1' -a restart -d 'stop, then start'
complete -c netlab -n '__netlab_count 1' -a pause -d 'stop all processes of nodes where they are'
complete -c netlab -n '__netlab_count 1' -a resume -d 'let paused nodes go on'
complete -c netlab -n '__netlab_count 1' -a kill -d 'cut the power of nodes'
complete -c netlab -n '__netlab_count 1' -a clock -d 'show and move the wall clocks of nodes'
complete -c netlab -n '__netlab_count 1' -a top -d 'watch cpu, memory and traffic'
complete -c netlab -n '__netlab_count 1' -a link -d 'show, change, cut and measure links'
complete -c netlab -n '__netlab_count 1' -a partition -d 'keep nodes from hearing each other'
complete -c netlab -n '__netlab_count 1' -a heal -d 'undo faults'
complete -c netlab -n '__netlab_count 1' -a faults -d 'show what is broken now'
complete -c netlab -n '__netlab_count 1' -a ping -d 'show which nodes reach which'
complete -c netlab -n '__netlab_count 1' -a check -d 'report every mistake of a topology file'
complete -c netlab -n '__netlab_count 1' -a down -d 'take a lab down'
complete -c netlab -n '__netlab_count 1' -a doctor -d 'show what this host can do for labs'
complete -c netlab -n '__netlab_count 1' -a help -d 'explain netlab'

for condition in '__netlab_wants up 0' '__netlab_wants run 0' '__netlab_wants test 0' '__netlab_command check'
    complete -c netlab -n $condition -k -a \
        '(__fish_complete_suffix .json; __fish_complete_suffix .yaml; __fish_complete_suffix .yml)'
end
complete -c netlab -n '__netlab_wants exec 0' -a '(__netlab_nodes) all'
complete -c netlab -n '__netlab_wants exec 1' -a '(__fish_complete_command)'
complete -c netlab -n '__netlab_wants ping 0; or __netlab_wants ping 1' -a '(__netlab_nodes) all'
complete -c netlab -n '__netlab_command ping' -l all -d 'from every node to every other'
complete -c netlab -n '__netlab_command ping' -s 4 -d 'IPv4 only'
complete -c netlab -n '__netlab_command ping' -s 6 -d 'IPv6 only'
complete -c netlab -n '__netlab_command ping' -l timeout -x -a '100ms 1s 5s' -d 'of each request'
complete -c netlab -n '__netlab_command inspect ps top pause resume kill clock partition' -a '(__netlab_nodes)'
complete -c netlab -n '__netlab_command logs stop start restart' -a '(__netlab_nodes) (__netlab_services) all'
complete -c netlab -n '__netlab_command ps' -l names -d 'NODE/SERVICE a line'
complete -c netlab -n '__netlab_command logs' -s f -l follow -d 'go on'
complete -c netlab -n '__netlab_command logs' -l since -x -a '10s 1m 5m 1h' -d 'no older than'
complete -c netlab -n '__netlab_command logs' -s n -l lines -x -d 'the last'
complete -c netlab -n '__netlab_command top' -s n -l rounds -x -d 'so many tables'
complete -c netlab -n '__netlab_command stop restart down' -l timeout -x -a '1s 10s 60s' -d 'before SIGKILL'
complete -c netlab -n '__netlab_command clock' -l drift -x -a '200ppm' -d 'gain so much'
complete -c netlab -n '__netlab_command clock' -l reset -d 'as the topology file says'
complete -c netlab -n '__netlab_command start' -l wipe -d 'killed nodes start without their files'
complete -c netlab -n '__netlab_wants link 0' -a ls -d 'show links'
complete -c netlab -n '__netlab_wants link 0' -a set -d 'change properties of links, keep the rest'
complete -c netlab -n '__netlab_wants link 0' -a reset -d 'make links what the topology file says'
complete -c netlab -n '__netlab_wants link 0' -a clear -d 'make links perfect'
complete -c netlab -n '__netlab_wants link 0' -a down -d 'cut links'
complete -c netlab -n '__netlab_wants link 0' -a up -d 'make links that were cut whole again'
complete -c netlab -n '__netlab_wants link 0' -a measure -d 'measure a link'
complete -c netlab -n '__netlab_link_command ls set reset clear down up measure' -a '(__netlab_links)'
complete -c netlab -n '__netlab_link_command set reset clear down up' -a all
for property in delay jitter loss duplicate corrupt reorder rate queue correlation seed
    complete -c netlab -n '__netlab_link_command set' -l $property -x
end
complete -c netlab -n '__netlab_link_command set' -l distribution -x -a 'uniform normal pareto'
complete -c netlab -n '__netlab_link_command measure' -l time -x -a '2s 4s 10s 60s' -d 'how long'
complete -c netlab -n '__netlab_link_command ls' -l names -d 'the names of the links'
complete -c netlab -n '__netlab_command partition' -l one-way -d 'from the first side to the second'
complete -c netlab -n '__netlab_command partition' -l cut -d 'take links down'
complete -c netlab -n '__netlab_command partition' -l cheapest -d 'by cost'
complete -c netlab -n '__netlab_command partition' -l shape -x -a 'halves bridge ring majority-ring isolate:'
complete -c netlab -n '__netlab_command partition' -l seed -x -d 'of a shape'
complete -c netlab -n '__netlab_command partition' -l as -x -d 'name of the fault'
complete -c netlab -n '__netlab_command heal' -a '(__netlab_faults)'
complete -c netlab -n '__netlab_command heal' -l all -d 'whatever is broken'
complete -c netlab -n '__netlab_command faults' -l names -d 'the ids of the faults'
complete -c netlab -n '__netlab_wants run 1' -a '(__fish_complete_command)'
for option in times parallel seed set
    complete -c netlab -n '__netlab_command test' -l $option -x
end
complete -c netlab -n '__netlab_command test' -l keep -d 'leave the lab running'
complete -c netlab -n '__netlab_command test' -l output -r -F -d 'folder of the run'
complete -c netlab -n '__netlab_command test' -l junit -r -F -d 'report in XML'
complete -c netlab -n '__netlab_command test' -l tap -d 'print TAP'
complete -c netlab -n '__netlab_wants down 0' -a '(netlab ls --names 2>/dev/null)'

complete -c netlab -n '__netlab_command up exec run ls inspect ps logs stop start restart pause resume kill clock top link partition heal faults ping down' -s l -l lab -x \
    -a '(netlab ls --names 2>/dev/null)' -d 'name the lab'
complete -c netlab -n '__netlab_command up exec test ls inspect ps logs top link partition heal faults ping check doctor' -l json -d 'print JSON'
complete -c netlab -n '__netlab_command up' -l dry-run -d 'show the plan and create nothing'
complete -c netlab -n '__netlab_command up run test' -l timeout -x -a '10s 30s 60s' -d 'of all set-up commands'
complete -c netlab -n '__netlab_command up' -s v -l verbose -d 'say more'
complete -c netlab -n '__netlab_command ls' -l names -d 'the names of the labs'
complete -c netlab -n '__netlab_command ls' -l nodes -d 'the names of the nodes'
complete -c netlab -n '__netlab_command down' -l all -d 'every lab of yours'
complete -c netlab -s h -l help -d 'explain the command'
complete -c netlab -n '__netlab_count 1' -l version -d 'print the version'
