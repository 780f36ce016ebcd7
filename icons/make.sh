#!/usr/bin/env bash
# Draws the application's icons from icon.svg. Needs rsvg-convert (librsvg2-bin).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
draw() { rsvg-convert --width "$1" --height "$1" icon.svg --output "$2"; }
draw 32 32x32.png
draw 64 64x64.png
draw 128 128x128.png
draw 256 128x128@2x.png
draw 512 icon.png
