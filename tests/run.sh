#!/usr/bin/env bash
# Installs what the tests need and runs every test. The last line is the sum: `N passed, N failed`.
#
#   bash tests/run.sh                      short forms of the long proofs
#   RUN_SLOW_TESTS=1 bash tests/run.sh     the long forms
#
# Tests by cargo count one each; so does every other check (format, lints, licences, documents, a fuzz target).
# FUZZ_SECONDS is how long each fuzz target runs: 20 by default, 300 with RUN_SLOW_TESTS.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0
failed=0
troubles=()

# With the minutes since the beginning: where the time goes.
title() { printf '\n== %s (%d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }

# A step that hangs is a failure, and what comes after it still runs.
bounded() {
  if [[ -n ${RUN_SLOW_TESTS-} ]]; then "$@"; else timeout --kill-after=30 "$step_seconds" "$@"; fi
}
step_seconds=1800

# A check that is no cargo test: counts one.
check() {
  local name=$1
  shift
  title "$name"
  if bounded "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    troubles+=("$name")
  fi
}

# A run of cargo test: counts what its `test result:` lines say.
tests() {
  local name=$1 status ok bad
  shift
  title "$name"
  bounded "$@" 2>&1 | tee "$output"
  status=${PIPESTATUS[0]}
  read -r ok bad < <(awk '/^test result:/ { ok += $4; bad += $6 } END { print ok + 0, bad + 0 }' "$output")
  # A binary that ends without a result (a crash, a build that fails) is a failure too.
  ((status == 0 || bad > 0)) || bad=1
  passed=$((passed + ok))
  failed=$((failed + bad))
  ((status == 0)) || troubles+=("$name")
}

# A script of ours whose last line is `N passed, N failed`.
summed() {
  local name=$1 status ok bad
  shift
  title "$name"
  "$@" 2>&1 | tee "$output"
  status=${PIPESTATUS[0]}
  read -r ok bad < <(awk '/^[0-9]+ passed, [0-9]+ failed$/ { ok = $1; bad = $3 } END { print ok + 0, bad + 0 }' "$output")
  ((status == 0 || bad > 0)) || bad=1
  passed=$((passed + ok))
  failed=$((failed + bad))
  ((status == 0)) || troubles+=("$name")
}

# The page's tests, by vitest.
page_tests() {
  local out=$output.page status
  bounded npm --prefix ui test --silent >"$out" 2>&1
  status=$?
  sed 's/\x1b\[[0-9;]*m//g' "$out" | tee "$out.plain"
  awk '$1 == "Tests" { for (i = 2; i <= NF; i++) { if ($i == "passed") p = $(i - 1); if ($i == "failed") f = $(i - 1) } }
    END { print p + 0 " passed, " f + 0 " failed" }' "$out.plain"
  rm -f "$out" "$out.plain"
  return $status
}

finish() {
  printf '\n'
  local trouble
  for trouble in "${troubles[@]+"${troubles[@]}"}"; do echo "failed: $trouble"; done
  echo "$passed passed, $failed failed"
  ((failed == 0))
  exit
}

# Step 1: what is needed.
title "needed packages"
needed=(avahi-daemon avahi-utils build-essential chromium cmake dbus dbus-x11 ffmpeg file flac gnome-keyring
  imagemagick iproute2 iptables libasound2-dev libayatana-appindicator3-dev libclang-dev libgtk-3-dev
  libpipewire-0.3-dev librsvg2-dev libsox-fmt-all libwebkit2gtk-4.1-dev linuxptp mediainfo openbox opus-tools pipewire
  pipewire-alsa pipewire-bin pkg-config procps python3-venv sox systemd util-linux vlc-bin vlc-plugin-base
  webkit2gtk-driver wireplumber x11-utils x11-xserver-utils xdotool xvfb)
bash src-tauri/install.sh "${needed[@]}" || { failed=1; troubles+=("needed packages"); finish; }
[[ -f ${CARGO_HOME:-$HOME/.cargo}/env ]] && . "${CARGO_HOME:-$HOME/.cargo}/env"
if ! command -v cargo >/dev/null; then
  echo "Rust is missing: install it as https://rustup.rs says, then run this again" >&2
  failed=1
  finish
fi
export PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
for component in rustfmt clippy; do
  cargo "${component/rust/}" --version >/dev/null 2>&1 || rustup component add "$component"
done
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "Node 20.19 or later is missing: install it as https://nodejs.org says, then run this again" >&2
  failed=1
  finish
fi
command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
echo "all there"

# Step 2: the page. The window embeds it, so it comes first.
check "page: packages" npm --prefix ui ci --no-audit --no-fund --loglevel=error
check "page: types and build" npm --prefix ui run build --silent
summed "page: tests" page_tests

# A real OpenID provider for the loopback interface.
check "sign-in provider: packages" npm --prefix tests/oidc ci --no-audit --no-fund --loglevel=error

# Step 3: what can be said without running anything.
check "format" cargo fmt --all --check
check "lints" cargo clippy --workspace --all-targets --quiet -- -D warnings
check "lints of the window" cargo clippy -p audyn --all-targets --features desktop --quiet -- -D warnings
check "licences, duplicates, origins" cargo deny --log-level warn check licenses bans sources
check "documents" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet

# Step 4: everything is built before anything is timed.
title "build"
if ! cargo test --workspace --no-run --quiet; then
  failed=$((failed + 1))
  troubles+=("build")
  finish
fi

# Step 5: tests. Those with sockets, processes and real time come apart from the others and few at a time, so that they
# meet a machine that is not busy with something else.
tests "unit tests" cargo test --workspace --lib --bins --no-fail-fast
tests "examples in the documents" cargo test --workspace --doc --no-fail-fast
tests "integration tests" cargo test --workspace --test '*' --no-fail-fast -- --test-threads="${TEST_THREADS:-2}"

# Step 6: a browser on the network, the API against its document, then the window (which builds the program anew), worked as a person works them.
summed "the browser" env AUDYN_WEB_BINARY="$(realpath "${CARGO_TARGET_DIR:-target}")/debug/audyn" bash tests/web/run.sh
check "the API as documented" env AUDYN_WEB_BINARY="$(realpath "${CARGO_TARGET_DIR:-target}")/debug/audyn" bash tests/api/run.sh
summed "the window" bash tests/e2e/run.sh

# Step 7: parsers and ordering against any input.
# The short form is repeatable: it shows that targets and parsers hold. The long form searches.
if [[ -n ${RUN_SLOW_TESTS-} ]]; then
  fuzz_seconds=300
else
  fuzz_seconds=20
  export FUZZ_SEED=${FUZZ_SEED-1}
fi
fuzz_seconds=${FUZZ_SECONDS:-$fuzz_seconds}
title "fuzz targets: build"
if bash tests/fuzz/run.sh --build-only; then
  for target in $(bash tests/fuzz/run.sh --list); do
    check "fuzz target $target, $fuzz_seconds s" bash tests/fuzz/run.sh "$fuzz_seconds" "$target"
  done
else
  failed=$((failed + 1))
  troubles+=("fuzz targets: build")
fi

# Step 8, long form only: the whole process against the least that could be done.
if [[ -n ${RUN_SLOW_TESTS-} ]]; then
  check "load" cargo bench --quiet -p audyn-service --bench load -- --seconds 10 1 16 64
fi

finish
