#!/usr/bin/env bash
# The window itself, worked as a person works it: a real program on a real (virtual) display. The last line is the sum.
#
#   bash tests/e2e/run.sh                     builds the page and the window, and runs every test
#   bash tests/e2e/run.sh kiosk crash         only these
#   AUDYN_E2E_BINARY=… bash tests/e2e/run.sh  with this program, built with the feature `desktop`
#
# Pictures of each view at three sizes go to tests/e2e/shots/. AUDYN_E2E_LOGS=1 shows the program's log after each test.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1

# Step 1: what is needed.
needed=(build-essential cmake dbus file imagemagick libasound2-dev libayatana-appindicator3-dev libclang-dev libglib2.0-bin libgtk-3-dev
  librsvg2-dev libpipewire-0.3-dev libwebkit2gtk-4.1-dev openbox pkg-config procps python3-gi webkit2gtk-driver x11-utils x11-xserver-utils xdotool xvfb)
bash src-tauri/install.sh "${needed[@]}" || { echo "0 passed, 1 failed"; exit 1; }
if ! command -v node >/dev/null; then
  echo "Node 20.19 or later is missing: https://nodejs.org/" >&2
  echo "0 passed, 1 failed"
  exit 1
fi
[[ -d tests/oidc/node_modules ]] || npm --prefix tests/oidc ci --no-audit --no-fund --loglevel=error || { echo "0 passed, 1 failed"; exit 1; }

# Step 2: the program.
if [[ -z ${AUDYN_E2E_BINARY-} ]]; then
  [[ -d ui/node_modules ]] || npm --prefix ui ci || { echo "0 passed, 1 failed"; exit 1; }
  npm --prefix ui run build && cargo build --locked -p audyn --features desktop || { echo "0 passed, 1 failed"; exit 1; }
  AUDYN_E2E_BINARY=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/audyn
fi
export AUDYN_E2E_BINARY

# Step 3: one test at a time, so that none takes another's time.
tests=()
for name in "$@"; do tests+=("tests/e2e/$name.test.mjs"); done
((${#tests[@]})) || tests=(tests/e2e/*.test.mjs)
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# Whatever hangs fails, and the rest goes on: a test has its own limit, the file is ended with its last test, and all of it
# takes some four minutes.
timeout --kill-after=10 1500 node --test --test-concurrency=1 --test-force-exit --test-reporter=spec "${tests[@]}" 2>&1 | tee "$output"
status=${PIPESTATUS[0]}
((status != 124 && status != 137)) || echo "the tests of the window did not end within 25 minutes" >&2
read -r passed failed < <(awk '$2 == "pass" && $1 == "ℹ" { p = $3 } $2 == "fail" && $1 == "ℹ" { f = $3 } END { print p + 0, f + 0 }' "$output")
((status == 0 || failed > 0)) || failed=1
echo "$passed passed, $failed failed"
exit "$status"
