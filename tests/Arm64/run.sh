#!/usr/bin/env bash
# Publishes the command line for linux-arm64, runs it in an emulator, and holds what it computes to what the same sources compute here.
#   tests/Arm64/run.sh
# From the environment: NO_BUILD, where the command line for this machine is built already. The last line is "N passed, N failed", or "N passed, N failed,
# 1 skipped" below the reason; ends non-zero where anything failed.
set -uo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 QEMU_LD_PREFIX=/usr/aarch64-linux-gnu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

finish() {
    echo "$passed passed, $failed failed${1:+, 1 skipped}"
    [ "$failed" -eq 0 ]
    exit
}

skip() {
    echo "skipped: $1"
    finish skipped
}

# Debian's packages, where they are missing and may be installed.
install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null || return 1
    { apt-get update && apt-get install -y --no-install-recommends "$@"; } > "$folder/log" 2>&1
}

check() {
    local name=$1
    shift
    if "$@" > "$folder/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok: $name"
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 20 "$folder/log"
    fi
}

here() { src/Cli/bin/Release/net10.0/tessera "$@"; }
there() { qemu-aarch64-static "$folder/arm64/tessera" "$@"; }

[ "$(uname -sm)" = "Linux x86_64" ] || skip "the emulator and the comparison are for Linux on x86-64, this is $(uname -sm)"
command -v qemu-aarch64-static > /dev/null || install qemu-user-static || skip "there is no qemu-aarch64-static (Debian's qemu-user-static)"
[ -e "$QEMU_LD_PREFIX/lib/libstdc++.so.6" ] || install libc6-arm64-cross libgcc-s1-arm64-cross libstdc++6-arm64-cross \
    || skip "there are no ARM64 system libraries in $QEMU_LD_PREFIX (Debian's libc6-, libgcc-s1- and libstdc++6-arm64-cross)"

# The committed lock files know no runtime, so a restore for one writes its own, where nobody looks for it.
publish=(src/Cli -r linux-arm64 -p:NuGetLockFilePath=obj/arm64.lock.json -v q)
if ! dotnet restore "${publish[@]}" > "$folder/log" 2>&1; then
    cat "$folder/log"
    # No such package, or no source of packages that answers.
    grep -qE 'NU1101|NU1102|NU1301' "$folder/log" && skip "the runtime for linux-arm64 cannot be had"
fi
[ -n "${NO_BUILD:-}" ] || check "the build for this machine" dotnet build src/Cli -c Release -v q
check "publishing" dotnet publish "${publish[@]}" -c Release --self-contained --no-restore -o "$folder/arm64"
[ "$failed" -eq 0 ] || finish

model=models/shakespeare.Q4_K_M.gguf

# What the same command prints on both, but for the times and the instruction set that it tells.
same() {
    here "$@" > "$folder/here" && there "$@" > "$folder/there" && diff <(untimed "$folder/here") <(untimed "$folder/there")
}

untimed() { sed -E 's/"simd":"[^"]*"//; s/"timings":\{[^}]*\}//' "$1"; }

# A file that the same command writes on both. OUT is its name.
same_file() {
    rm -f "$folder/here" "$folder/there"
    here "${@/#OUT/$folder/here}" && there "${@/#OUT/$folder/there}" && cmp "$folder/here" "$folder/there"
}

run=(run "$model" -p "ROMEO:" -n 16 --temp 0 --json)
check "ids and log-probabilities of exact numerics" same "${run[@]}" --numerics exact
check "logits of exact numerics, to the bit" same_file logits "$model" --ids 1,873,2010,16,2007 -o OUT --numerics exact
# Fast numerics have other kernels and another KV cache without AVX2, whose bits and therefore, in the end, ids may differ. They are as close to exact ones.
check "generation in fast numerics" there "${run[@]}"
check "fast numerics are close to exact ones" there compare "$model" -p "ROMEO:" --numerics exact --numerics-b fast
check "tokenize" same tokenize "$model" --special -- "<s>Now is the winter — of our
  discontent, 1234 Zoë 冬 😀"
check "plugins verify" there plugins verify

here quantize "$model" "$folder/f16.gguf" F16 --allow-requantize > "$folder/log" 2>&1
types=()
i=0
for type in F32 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS MXFP4; do
    matrix=(attn_q attn_k attn_v attn_output ffn_gate ffn_up ffn_down)
    types+=(--tensor-type "blk.$((i / 7)).${matrix[i % 7]}.weight=$type")
    i=$((i + 1))
done
check "every format's quantizer, to the byte" same_file quantize "$folder/f16.gguf" OUT Q8_0 "${types[@]}"
check "a mix, to the byte" same_file quantize "$folder/f16.gguf" OUT Q4_K_M
finish
