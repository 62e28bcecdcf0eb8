#!/usr/bin/env bash
# Runs one model through tessera and through llama-bench binaries, in turns, and prints medians and ratios.
set -euo pipefail

usage() {
    cat >&2 <<'TEXT'
usage: compare.sh MODEL [-p PROMPTS] [-n GENERATIONS] [-d DEPTHS] [-t THREADS] [-r ROUNDS] LLAMA_BENCH...
  Lists are separated by commas. Defaults: -p 512 -n 128 -d 0 -t (all processors) -r 3.
  TESSERA        the command to measure; by default the one of this repository, built first
  TESSERA_FLAGS  further options for it
TEXT
    exit 1
}

[ $# -ge 1 ] || usage
model=$1; shift
prompts=512 generations=128 depths=0 threads=$(nproc) rounds=3
while getopts p:n:d:t:r: option; do
    case $option in
        p) prompts=$OPTARG ;;
        n) generations=$OPTARG ;;
        d) depths=$OPTARG ;;
        t) threads=$OPTARG ;;
        r) rounds=$OPTARG ;;
        *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || usage
[ -f "$model" ] || { echo "compare.sh: there is no file $model" >&2; exit 1; }
for bench in "$@"; do
    [ -x "$bench" ] || { echo "compare.sh: $bench is no program" >&2; exit 1; }
done

repository=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${TESSERA:-}" ]; then
    dotnet build "$repository/src/Cli" -c Release -v q --nologo >&2
    TESSERA="dotnet $repository/src/Cli/bin/Release/net10.0/tessera.dll"
fi

samples=$(mktemp)
busiest=0
trap 'rm -f "$samples"' EXIT

# The t/s column of the table's only row, whatever columns are beside it.
speed() {
    awk -F'|' '
        /\| *model/ { for (i = 1; i <= NF; i++) { name = $i; gsub(/ /, "", name); if (name == "t/s") column = i } next }
        column && /^\| / && !/--/ { split($column, parts, " "); print parts[1]; found = 1 }
        END { exit !found }'
}

# Percent of the processors' time that somebody used during half a second in which nothing of ours runs; 0 where the system does not say.
busy() {
    [ -r /proc/stat ] || { echo 0; return; }
    { grep '^cpu ' /proc/stat; sleep 0.5; grep '^cpu ' /proc/stat; } |
        awk '{ total = 0; for (i = 2; i <= 9; i++) total += $i; idle = $5 + $6 }
             NR == 1 { total0 = total; idle0 = idle }
             END { printf "%d", 100 - 100 * (idle - idle0) / (total - total0 + 0.001) }'
}

# measure ROUND TEST THREADS ENGINE COMMAND...
measure() {
    local round=$1 test=$2 count=$3 engine=$4 value others
    shift 4
    others=$(busy)
    [ "$others" -le "$busiest" ] || busiest=$others
    if ! value=$("$@" 2>/dev/null | speed); then
        echo "compare.sh: no figure from: $*" >&2
        exit 1
    fi
    printf '%s\t%s\t%s\t%s\t%s\n' "$test" "$count" "$engine" "$round" "$value" >> "$samples"
    printf '%s %s, %s threads, round %s: %s t/s\n' "$engine" "$test" "$count" "$round" "$value" >&2
}

for ((round = 1; round <= rounds; round++)); do
    for count in ${threads//,/ }; do
        for depth in ${depths//,/ }; do
            for test in $(printf 'pp%s ' ${prompts//,/ }) $(printf 'tg%s ' ${generations//,/ }); do
                tokens=${test:2}
                [ "$tokens" != 0 ] || continue
                options=(-p "$tokens" -n 0)
                [ "${test:0:2}" = pp ] || options=(-p 0 -n "$tokens")
                options+=(-t "$count" -r 1)
                name=$test
                if [ "$depth" != 0 ]; then
                    options+=(-d "$depth")
                    name="$test @ d$depth"
                fi
                # shellcheck disable=SC2086 # both are commands and options in one word
                measure "$round" "$name" "$count" tessera $TESSERA bench "$model" "${options[@]}" ${TESSERA_FLAGS:-}
                for bench in "$@"; do
                    measure "$round" "$name" "$count" "$bench" "$bench" -m "$model" "${options[@]}"
                done
            done
        done
    done
done

# The ratio is the median of the rounds' ratios: what both of a round met on the machine cancels out.
awk -F'\t' '
    function median(list, count,    i, j, swap) {
        for (i = 2; i <= count; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
        return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
    }
    {
        key = $1 FS $2
        if (!(key in known)) { known[key] = 1; keys[++keyCount] = key }
        if (!($3 in engine)) { engine[$3] = 1; engines[++engineCount] = $3 }
        value[key, $3, $4] = $5
        rounds = $4 > rounds ? $4 : rounds
    }
    END {
        print "| test | threads | engine | t/s, median | tessera is times as fast |"
        print "| --- | ---: | --- | ---: | ---: |"
        for (k = 1; k <= keyCount; k++) {
            split(keys[k], part, FS)
            for (e = 1; e <= engineCount; e++) {
                for (r = 1; r <= rounds; r++) {
                    speeds[r] = value[keys[k], engines[e], r] + 0
                    ratios[r] = value[keys[k], "tessera", r] / speeds[r]
                }
                printf "| %s | %s | %s | %.1f | %s |\n", part[1], part[2], engines[e], median(speeds, rounds), engines[e] == "tessera" ? "" : sprintf("%.2f", median(ratios, rounds))
            }
        }
    }' "$samples"

if [ "$busiest" -gt 10 ]; then
    echo
    echo "NOT VALID AS A COMPARISON: others used up to $busiest % of the processors. Engines whose threads wait for each other by spinning"
    echo "lose far more to that than engines whose threads do not, so even ratios are wrong. Repeat on a quiet machine."
fi
