#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds the working tree to the budgets in tare.yaml, on any machine: builds the base (the commit the
# work branched off) in a worktree of its own, measures both, and leaves with the status of tare
# check: 0 all budgets hold, 1 one is broken, 2 a mistake.
#
#   size.sh [OUT]     reports go to OUT (build/size): check.txt check.md check.xml check.sarif diff.md
#
# The environment may set: TARE (tare), BUILD (make), PRODUCT (prog), BASE (origin/main). The base is
# built once a commit: its snapshot stays in OUT.
set -eu

TARE=${TARE:-tare}
BUILD=${BUILD:-make}
PRODUCT=${PRODUCT:-prog}
BASE=${BASE:-origin/main}
out=${1:-build/size}
mkdir -p "$out"
out=$(cd "$out" && pwd)

commit=$(git merge-base HEAD "$BASE")
base=$out/$commit.tare
if [ ! -f "$base" ]; then
    git worktree add --quiet --detach "$out/base" "$commit"
    trap 'git worktree remove --force "$out/base"' EXIT
    (cd "$out/base" && $BUILD)
    $TARE size "$out/base/$PRODUCT" --save "$base" >/dev/null
fi

$BUILD
$TARE diff "$base" "$PRODUCT" --format markdown -o "$out/diff.md"
for report in markdown:md junit:xml sarif:sarif; do
    $TARE check --base "$base" --warn-only --format "${report%:*}" -o "$out/check.${report#*:}"
done
status=0
$TARE check --base "$base" >"$out/check.txt" || status=$?
cat "$out/check.txt"
exit $status
