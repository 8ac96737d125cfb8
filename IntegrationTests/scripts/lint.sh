#!/usr/bin/env bash
# lint.sh: every check of `make lint`, all of them even when one fails.
set -uo pipefail # not -e: every check runs
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

bin=IntegrationTests/.venv/bin
failed=()

# Tracked files and new ones that are not ignored.
files() {
    git ls-files -z --cached --others --exclude-standard -- "$@" | while IFS= read -r -d '' file; do
        [ ! -f "$file" ] || printf '%s\0' "$file"
    done
}

check() {
    local name=$1
    shift
    if "$@"; then echo "ok: $name"; else
        echo "FAILED: $name"
        failed+=("$name")
    fi
}

swift_format() { swift format lint --strict --parallel --recursive Package.swift Sources Tests; }
shell() { files '*.sh' .ci/run | xargs -0 -r shellcheck; }
yaml() { files '*.yaml' '*.yml' | xargs -0 -r "$bin/yamllint" --strict; }
markdown() { files '*.md' | xargs -0 -r "$bin/pymarkdown" --config .pymarkdown.json scan; }
python() { "$bin/ruff" check --quiet IntegrationTests; }
sources() { "$bin/python" IntegrationTests/scripts/check_sources.py; }

check "Swift format" swift_format
check "shell scripts" shell
check "YAML" yaml
check "Markdown" markdown
check "Python" python
check "file budgets, layers, stray names" sources

[ ${#failed[@]} -eq 0 ] || {
    printf 'lint failed: %s\n' "${failed[*]}"
    exit 1
}
