#!/usr/bin/env bash
# Called by the bundler before it packs: takes line tables out of the program, which are three quarters of it. Names of
# functions stay, so that a report of a crash still says where.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
strip --strip-debug "${CARGO_TARGET_DIR:-target}/release/audyn"
