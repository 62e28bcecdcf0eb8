#!/usr/bin/env bash
# Feeds the engine with changed files.
#   tests/Fuzz/run.sh MINUTES [TARGET...]        all targets, or those named, for so long in total
#   tests/Fuzz/run.sh replay TARGET FILE         one file
#   tests/Fuzz/run.sh replay TARGET SEED NUMBER  one input as it was made
# From the environment: PROCESSES, how many at once (default: one for each core), SEED (default: the time), and SECONDS_EACH, the time of each target, in
# place of MINUTES. Ends non-zero where anything failed.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Each input is a file for a moment, which no disk needs to see.
[ ! -d /dev/shm ] || export TMPDIR=/dev/shm
[ -n "${NO_BUILD:-}" ] || dotnet build tests/Fuzz -c Release -v q
fuzz=(dotnet tests/Fuzz/bin/Release/net10.0/Tessera.Fuzz.dll)
if [ "${1:-}" = replay ]; then
    exec "${fuzz[@]}" "$@"
fi
processes=${PROCESSES:-$(nproc)}
if [ -z "${SECONDS_EACH:-}" ]; then
    minutes=${1:?MINUTES [TARGET...]}
    shift
    targets=$#
    [ "$targets" -gt 0 ] || targets=$("${fuzz[@]}" list | wc -l)
    SECONDS_EACH=$(awk "BEGIN { print $minutes * 60 * $processes / ($targets > $processes ? $targets : $processes) }")
fi
exec "${fuzz[@]}" run "$SECONDS_EACH" "$processes" "${SEED:-$(date +%s)}" artifacts/fuzz "$@"
