#!/bin/sh
# Chooses the locked packages anew: the newest that are at least a week old, with hashes.
set -eu
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
        --exclude-newer "1 week" --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@"
}

compile pyproject.toml --group build --group dev -o requirements-dev.lock
# The smaller sets take the versions of the whole one.
compile pyproject.toml --group build -c requirements-dev.lock -o requirements.lock
compile pyproject.toml --group core-test -c requirements-dev.lock \
    --no-emit-package pyside6-essentials --no-emit-package shiboken6 \
    --no-emit-package pyqtgraph --no-emit-package numpy -o requirements-core.lock
