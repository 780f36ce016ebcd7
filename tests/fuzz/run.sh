#!/usr/bin/env bash
# Runs the fuzz targets from their seeds, with the stable compiler and no other tool.
#
#   bash tests/fuzz/run.sh [SECONDS [TARGET …]]    each target (or those named) for so long; 30 s by default
#   bash tests/fuzz/run.sh --build-only | --list
#
# FUZZ_SEED makes a run repeatable: that seed, and FUZZ_RUNS inputs (20000 by default) unless the time is over before.
#
# What a target has found is in artifacts/TARGET/; run the target's program with that file to see it again. What it has
# learnt stays in corpus/TARGET/. With cargo-fuzz and a nightly compiler the usual way works as well, and adds the address
# sanitizer: cargo +nightly fuzz run --fuzz-dir tests/fuzz TARGET tests/fuzz/{corpus,seeds}/TARGET
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
all=(rtp_packet sdp container align timeline ptp config sap rtsp dns)
if [[ ${1-} == --list ]]; then
  printf '%s\n' "${all[@]}"
  exit
fi

host=$(rustc -vV | sed -n 's/^host: //p')
target_dir=${CARGO_TARGET_DIR:-$here/../../target}/fuzz
# The instrumentation that libFuzzer reads, as cargo-fuzz asks for it. With --target it does not reach build scripts.
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
RUSTFLAGS=$coverage cargo build --release --quiet --bins --target "$host" --target-dir "$target_dir" \
  --manifest-path "$here/Cargo.toml"
if [[ ${1-} == --build-only ]]; then exit; fi

seconds=${1:-30}
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || { echo "$seconds is not a whole number of seconds" >&2; exit 2; }
shift || true
targets=("$@")
((${#targets[@]})) || targets=("${all[@]}")

status=0
for target in "${targets[@]}"; do
  program=$target_dir/$host/release/$target
  [[ -x $program ]] || { echo "there is no fuzz target $target; there are: ${all[*]}" >&2; exit 2; }
  corpus=$here/corpus/$target
  artifacts=$here/artifacts/$target
  mkdir -p "$corpus" "$artifacts"
  seeds=("$here/seeds/$target")
  case $target in
    sdp) seeds=("$here/../vectors/sdp") ;;
    config) cp "$here/../../src-tauri/audyn.example.toml" "$corpus/example" ;;
  esac
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1
    -artifact_prefix="$artifacts/")
  [[ -f $here/dicts/$target.dict ]] && options+=(-dict="$here/dicts/$target.dict")
  [[ -n ${FUZZ_SEED-} ]] && options+=(-seed="$FUZZ_SEED" -runs="${FUZZ_RUNS:-20000}")
  log=$(mktemp)
  ended=0
  "$program" "${options[@]}" "$corpus" "${seeds[@]}" 2>"$log" || ended=$?
  # 72 is libFuzzer's word for a signal to stop.
  if ((ended == 72)); then
    echo "$target: interrupted, nothing found until then" >&2
    status=1
  elif ((ended == 0)); then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    echo "$target: $runs executions in $seconds s, $covered edges, nothing found"
  else
    echo "$target: something was found; the end of its log:" >&2
    tail -n 40 "$log" >&2
    status=1
  fi
  rm -f "$log"
done
exit "$status"
