#!/usr/bin/env bash
# A browser on the network against the real program, its listener on loopback. The last line is the sum.
#
#   bash tests/web/run.sh                   builds the page and the program, and runs every test
#   AUDYN_WEB_BINARY=… bash tests/web/run.sh   with this program, which has the page in it
#
# AUDYN_WEB_LOGS=1 shows the program's log at the end; CHROMIUM names another browser than Debian's.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1

# Step 1: what is needed.
needed=(build-essential cmake chromium libasound2-dev libclang-dev libpipewire-0.3-dev pkg-config)
bash src-tauri/install.sh "${needed[@]}" || { echo "0 passed, 1 failed"; exit 1; }
if ! command -v node >/dev/null; then
  echo "Node 20.19 or later is missing: https://nodejs.org/" >&2
  echo "0 passed, 1 failed"
  exit 1
fi
[[ -d tests/web/node_modules ]] || npm --prefix tests/web ci --no-audit --no-fund --loglevel=error || { echo "0 passed, 1 failed"; exit 1; }

# Step 2: the program, with the page in it.
if [[ -z ${AUDYN_WEB_BINARY-} ]]; then
  [[ -d ui/node_modules ]] || npm --prefix ui ci || { echo "0 passed, 1 failed"; exit 1; }
  npm --prefix ui run build && cargo build --locked -p audyn || { echo "0 passed, 1 failed"; exit 1; }
  AUDYN_WEB_BINARY=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/audyn
fi
export AUDYN_WEB_BINARY

# Step 3: the tests, in their order. Each has a limit of its own; whatever hangs all the same is ended.
output=$(mktemp)
trap 'rm -f "$output"' EXIT
timeout --kill-after=10 900 node --test --test-force-exit --test-reporter=spec tests/web/browser.test.mjs 2>&1 | tee "$output"
status=${PIPESTATUS[0]}
((status != 124 && status != 137)) || echo "the tests of the browser did not end within 15 minutes" >&2
read -r passed failed < <(awk '$2 == "pass" && $1 == "ℹ" { p = $3 } $2 == "fail" && $1 == "ℹ" { f = $3 } END { print p + 0, f + 0 }' "$output")
((status == 0 || failed > 0)) || failed=1
echo "$passed passed, $failed failed"
exit "$status"
