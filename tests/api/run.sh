#!/usr/bin/env bash
# Asks a running station everything that its OpenAPI document allows, and more: no reply may be a fault of the server's or
# one that the document does not have.
#
#   bash tests/api/run.sh                      the edges of every parameter, and 20 generated requests an operation (a minute)
#   RUN_SLOW_TESTS=1 bash tests/api/run.sh     200 generated requests an operation
#
# AUDYN_WEB_BINARY names the program; without it, it is built.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
bash src-tauri/install.sh build-essential cmake libasound2-dev libclang-dev libpipewire-0.3-dev pkg-config python3-venv
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
if [[ -z ${AUDYN_WEB_BINARY-} ]]; then
  cargo build --locked -p audyn
  AUDYN_WEB_BINARY=$target/debug/audyn
fi
export AUDYN_WEB_BINARY

# Other versions are installed anew.
tools=$target/schemathesis
if ! cmp -s tests/api/requirements.txt "$tools/installed.txt"; then
  rm -rf "$tools"
  /usr/bin/python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check -r tests/api/requirements.txt
  cp tests/api/requirements.txt "$tools/installed.txt"
fi
exec "$tools/bin/python" tests/api/conform.py "$tools/bin/schemathesis"
