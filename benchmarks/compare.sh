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
output=$(mktemp)
trap 'rm -f "$samples" "$output"' EXIT
tolerated=5 # percent
disturbed=0

# The t/s column of the table's only row, whatever columns are beside it.
speed() {
    awk -F'|' '
        /\| *model/ { for (i = 1; i <= NF; i++) { name = $i; gsub(/ /, "", name); if (name == "t/s") column = i } next }
        column && /^\| / && !/--/ { split($column, parts, " "); print parts[1]; found = 1 }
        END { exit !found }'
}

# Ticks of all processors' time so far, and those of them in which nobody worked; zeros where the system does not say.
ticks() {
    awk '/^cpu / { total = 0; for (i = 2; i <= 9; i++) total += $i; print total, $5 + $6; found = 1 } END { if (!found) print 0, 0 }' /proc/stat 2>/dev/null || echo 0 0
}

# run COMMAND...: sets value to its t/s, and others to the percent of the processors' time that went to somebody else meanwhile.
run() {
    local total0 idle0 total1 idle1 own
    read -r total0 idle0 < <(ticks)
    own=$({ TIMEFORMAT='%U %S'; time "$@" > "$output" 2>/dev/null; } 2>&1) || { echo "compare.sh: failed: $*" >&2; exit 1; }
    read -r total1 idle1 < <(ticks)
    value=$(speed < "$output") || { echo "compare.sh: no figure from: $*" >&2; exit 1; }
    others=$(awk -v own="$own" -v hertz="$(getconf CLK_TCK)" -v total=$((total1 - total0)) -v idle=$((idle1 - idle0)) \
        'BEGIN { split(own, part, " "); share = total ? 100 * (total - idle - (part[1] + part[2]) * hertz) / total : 0; printf "%d", (share > 0 ? share : 0) }')
}

# Waits until nobody uses the processors, a minute at most.
settle() {
    local second total0 idle0 total1 idle1
    for ((second = 0; second < 60; second++)); do
        read -r total0 idle0 < <(ticks)
        sleep 1
        read -r total1 idle1 < <(ticks)
        [ $((100 * (total1 - total0 - idle1 + idle0))) -gt $((tolerated * (total1 - total0))) ] || return 0
    done
}

# measure ROUND TEST THREADS ENGINE COMMAND...: what others disturb is measured again, twice at most; the least disturbed counts.
measure() {
    local round=$1 test=$2 count=$3 engine=$4 attempt value others best='' least=101
    shift 4
    for attempt in 1 2 3; do
        settle
        run "$@"
        printf '%s %s, %s threads, round %s: %s t/s, others used %s %%\n' "$engine" "$test" "$count" "$round" "$value" "$others" >&2
        if [ "$others" -lt "$least" ]; then
            least=$others best=$value
        fi
        [ "$least" -gt "$tolerated" ] || break
    done
    [ "$least" -le "$tolerated" ] || disturbed=$((disturbed + 1))
    printf '%s\t%s\t%s\t%s\t%s\n' "$test" "$count" "$engine" "$round" "$best" >> "$samples"
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

if [ "$disturbed" -gt 0 ]; then
    echo
    echo "NOT VALID AS A COMPARISON: during $disturbed measurements others used more than $tolerated % of the processors. Engines whose threads wait"
    echo "for each other by spinning lose far more to that than engines whose threads do not, so even ratios are wrong. Repeat on a quiet machine."
fi
