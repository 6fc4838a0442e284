#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""workflow.py FILE TARE OUT: checks the shape of a GitHub workflow and runs its `run:` steps as a
runner does (bash -e, always() after a failure), in the working directory. Steps that install need a
network: TARE stands in for what they bring. Prints NAME: STATUS."""
import os
import re
import stat
import subprocess
import sys

import yaml

path, tare, out = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    workflow = yaml.load(file, Loader=yaml.BaseLoader)  # "on" is a key, not a boolean
assert {"name", "on", "jobs"} <= set(workflow), workflow.keys()
(job,) = workflow["jobs"].values()
assert job["runs-on"] and job["steps"]
os.makedirs(out + "/bin", exist_ok=True)
with open(out + "/bin/tare", "w", encoding="utf-8") as file:
    file.write("#!/bin/sh\nexec %s \"$@\"\n" % tare)
os.chmod(out + "/bin/tare", stat.S_IRWXU)
environment = dict(os.environ, **job.get("env", {}), GITHUB_STEP_SUMMARY=out + "/summary.md",
                   RUNNER_TEMP=out, PATH=out + "/bin:" + os.environ["PATH"], CI="true")
failed = False
for step in job["steps"]:
    assert ("uses" in step) != ("run" in step), step
    if "uses" in step:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", step["uses"]), step
        continue
    assert "${{" not in step["run"], "expressions of users in a script are a way in"
    subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
    always = step.get("if") == "always()"
    assert "if" not in step or always, step
    if step["name"].startswith("Install") or (failed and not always):
        print(step["name"] + ": not run")
        continue
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], env=environment,
                          check=False)
    failed = failed or done.returncode != 0
    print("%s: %d" % (step["name"], done.returncode), flush=True)
