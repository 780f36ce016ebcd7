#!/usr/bin/env bash
# Audyn in one command on a fresh Debian 12 machine with Rust and Node: installs what the build needs, builds, and opens
# the window. The first start begins with a demonstration: two studios that hear test tones, ready to record.
#
#   bash src-tauri/run.sh [--kiosk]                    the window; --kiosk is a studio's screen
#   bash src-tauri/run.sh --headless [--seconds N]     two test streams recorded with levels in the terminal
#
# Without a display it says so and does the latter. That stops by Ctrl-C, or after N seconds (15 if the output is not a
# terminal), finishes every file, and checks the archives. As a service Audyn runs by `audyn serve`.
set -euo pipefail

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }

seconds=0
[[ -t 1 ]] || seconds=15
headless=
window=(window)
while (($#)); do
  case $1 in
    --headless) headless=1; shift ;;
    --kiosk) window+=(--kiosk); shift ;;
    --seconds)
      [[ ${2-} =~ ^[1-9][0-9]{0,8}$ ]] || { echo "--seconds: give a whole number of seconds from 1 on" >&2; exit 2; }
      seconds=$2
      headless=1
      shift 2
      ;;
    -h | --help) usage; exit 0 ;;
    *) echo "$1 is not known here; see --help" >&2; exit 2 ;;
  esac
done
if [[ -z $headless && -z ${DISPLAY-} && -z ${WAYLAND_DISPLAY-} ]]; then
  echo "There is no display to open the window on: two test streams are recorded without one, with levels here"
  headless=1
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
demo=${XDG_DATA_HOME:-$HOME/.local/share}/audyn/demo
names=("Studio 1" "Studio 2")
tones=(440 1000)
groups=(239.69.250.1 239.69.250.2)

# ---- build

# libopus and LAME come with their crates and are built by cmake and configure; SQLite and BLAKE3 by cc.
needed=(build-essential cmake pkg-config libasound2-dev libclang-dev libpipewire-0.3-dev)
[[ -n $headless ]] || needed+=(libgtk-3-dev libwebkit2gtk-4.1-dev librsvg2-dev libayatana-appindicator3-dev)
bash "$root/src-tauri/install.sh" "${needed[@]}"
[[ -f ${CARGO_HOME:-$HOME/.cargo}/env ]] && . "${CARGO_HOME:-$HOME/.cargo}/env"
if ! command -v cargo >/dev/null; then
  echo "Rust is missing: install it as https://rustup.rs says, then run this again" >&2
  exit 1
fi
features=()
if [[ -z $headless ]]; then
  if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    echo "Node 20.19 or later is missing, which builds the page: install it as https://nodejs.org says, then run this again;" >&2
    echo "or run this with --headless" >&2
    exit 1
  fi
  echo "Building the page"
  # What the lock file says is installed when it has changed since.
  if [[ ! $root/ui/node_modules/.package-lock.json -nt $root/ui/package-lock.json ]]; then
    npm --prefix "$root/ui" ci --no-audit --no-fund --loglevel=error
  fi
  npm --prefix "$root/ui" run build --silent
  features=(--features desktop)
fi
echo "Building Audyn (the first time takes a few minutes)"
cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml" -p audyn "${features[@]+"${features[@]}"}"
audyn=${CARGO_TARGET_DIR:-$root/target}/release/audyn

if [[ -z $headless ]]; then
  exec "$audyn" "${window[@]}"
fi

# ---- run

# Every child runs in a session of its own, so that Ctrl-C reaches only this script and each gets exactly one signal.
children=()
recorder=
stop=
trap 'stop=1' INT TERM HUP
cleanup() {
  local pid
  [[ -z $recorder ]] || kill -TERM "$recorder" 2>/dev/null || true
  for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in $recorder "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
  [[ ! -t 1 ]] || printf '\e[?25h'
}
trap cleanup EXIT

mkdir -p "$demo"
log=$demo/record.log
config=$demo/demo.toml
began=$demo/.began
: >"$log"
: >"$began"
rm -f "$demo"/studio-{1,2}.sdp

for i in 0 1; do
  setsid "$audyn" send -q --name "${names[i]} (test tone ${tones[i]} Hz)" --tone "${tones[i]}" --level -18 \
    -m "${groups[i]}" --interface lo --ttl 1 --sdp "$demo/studio-$((i + 1)).sdp" </dev/null >>"$log" 2>&1 &
  children+=($!)
done
for i in 0 1; do
  # The description is written once the sender is ready.
  for ((tries = 0; tries < 100; tries++)); do
    [[ -s $demo/studio-$((i + 1)).sdp ]] && break
    if ! kill -0 "${children[i]}" 2>/dev/null; then
      echo "The test sender of ${names[i]} did not start:" >&2
      cat "$log" >&2
      exit 1
    fi
    sleep 0.1
  done
done

cat >"$config" <<TOML
# Two recorders, each from the description that its sender has written. Written anew by src-tauri/run.sh.
[defaults]
interface = "lo"
archive_layout = "hourlydir"
archive_period = 10

[[recorder]]
name = "${names[0]}"
sdp = "studio-1.sdp"
archive_root = "studio-1"

[[recorder]]
name = "${names[1]}"
sdp = "studio-2.sdp"
archive_root = "studio-2"
archive_suffix = ["wav", "opus"]
TOML

echo "Recording two test streams into $demo; the log is $log"
if ((seconds)); then echo "Ends after $seconds s, or by Ctrl-C"; else echo "Ends by Ctrl-C"; fi
exec 3< <(exec setsid "$audyn" record --config "$config" --levels --levels-interval 100 --log-file "$log" </dev/null 2>>"$log")
recorder=$!

# A meter from -60 to 0 dBFS, for a whole number of decibels.
bar() {
  local filled=$(((60 + $1) / 3)) full='####################' empty='--------------------'
  ((filled < 0)) && filled=0
  ((filled > 20)) && filled=20
  printf '%s%s' "${full:0:filled}" "${empty:filled}"
}

level='\{"rms_db":(-?[0-9]+)[.0-9]*,"peak_db":(-?[0-9]+)([.0-9]*),"clipping":(true|false)\}'
pattern="\"recorder\":\"([^\"]*)\".*\"left\":$level,\"right\":$level"
declare -A shown=()
drawn=
draw() {
  local name line
  if [[ -t 1 ]]; then
    [[ -z $drawn ]] || printf '\e[%dA' "${#names[@]}"
    for name in "${names[@]}"; do
      line=${shown[$name]:-waiting for audio}
      printf '\r\e[K%s  %s\n' "$name" "${line:0:columns - ${#name} - 2}"
    done
    drawn=1
  else
    for name in "${names[@]}"; do printf '%3d s  %s  %s\n' "$SECONDS" "$name" "${shown[$name]:-waiting for audio}"; done
  fi
  # What was shown is old now: a source that stops must not look as if it went on.
  shown=()
}

columns=$(tput cols 2>/dev/null || echo 100)
[[ ! -t 1 ]] || printf '\e[?25l'
SECONDS=0
last=0
count=0
while [[ -z $stop ]] && { ((!seconds)) || ((SECONDS < seconds)); }; do
  line=
  if read -r -t 1 -u 3 line; then
    if [[ $line =~ $pattern ]]; then
      name=${BASH_REMATCH[1]}
      shown[$name]="L $(bar "${BASH_REMATCH[3]}") ${BASH_REMATCH[3]}${BASH_REMATCH[4]}"
      shown[$name]+="  R $(bar "${BASH_REMATCH[7]}") ${BASH_REMATCH[7]}${BASH_REMATCH[8]} dBFS"
      [[ ${BASH_REMATCH[5]} == true || ${BASH_REMATCH[9]} == true ]] && shown[$name]+=" CLIP"
    fi
    count=$((count + 1))
  elif ! kill -0 "$recorder" 2>/dev/null; then
    break
  fi
  # On a terminal as often as there is something new for each; otherwise once a second.
  if [[ -t 1 ]]; then
    ((count % ${#names[@]} == 0 || ${#line} == 0)) && draw
  elif ((SECONDS != last)); then
    draw
    last=$SECONDS
  fi
done

echo "Stopping: every file is being finished"
kill -TERM "$recorder" 2>/dev/null || true
# Nobody may be left waiting on a full pipe.
while read -r -u 3 line; do :; done || true
exec 3<&-
status=0
wait "$recorder" || status=$?
recorder=
if ((status)); then
  echo "The recorder ended with exit code $status; its log says:" >&2
  cat "$log" >&2
fi

# ---- what came of it

echo
echo "Files of this run:"
(cd "$demo" && find studio-1 studio-2 -type f \( -name '*.wav' -o -name '*.opus' \) -newer "$began" -printf '%10s  %p\n' | sort -k2)
echo
for archive in studio-1 studio-2; do
  "$audyn" check "$demo/$archive" || status=$?
done
rm -f "$began"
exit "$status"
