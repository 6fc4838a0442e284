# SPDX-License-Identifier: MIT
# project.sh EXAMPLES: a small project under git with the budgets of examples/ci; its branch `work`
# makes an object larger and the text grow.
set -e
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git init -q -b main .
cp "$1/tare.yaml" "$1/size.sh" "$1/size.yml" .
printf 'prog: main.c\n\tgcc -g -O1 -o $@ $<\n' >Makefile
printf 'prog\nbuild/\nsize.*\n!size.sh\n!size.yml\n' >.gitignore
printf 'struct object { int type; int count; void *next; };\nstruct object first;\nint main(void) { return first.count; }\n' >main.c
git add . && git commit -q -m base
git update-ref refs/remotes/origin/main HEAD
git checkout -q -b work
