#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs engine_run in a directory of its own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$work/run"
