#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sarif.py FILE...: checks what SARIF 2.1.0 requires of the parts a report of findings has (section
numbers are those of the standard), and prints LEVEL RULE URI LINE SUPPRESSED of each result."""
import json
import re
import sys
from urllib.parse import urlsplit


def keys(thing, required, optional=()):
    """An object with these properties and no others: the schema has additionalProperties: false."""
    assert isinstance(thing, dict), thing
    missing, unknown = set(required) - set(thing), set(thing) - set(required) - set(optional)
    assert not missing and not unknown, (missing, unknown)


def text(thing):
    assert isinstance(thing, str) and thing, thing


def check_driver(driver):
    keys(driver, ["name"], ["version", "rules"])  # 3.19
    text(driver["name"])
    ids = []
    for rule in driver["rules"]:  # 3.49
        keys(rule, ["id"], ["shortDescription"])
        text(rule["id"])
        keys(rule["shortDescription"], ["text"])  # 3.12
        text(rule["shortDescription"]["text"])
        ids.append(rule["id"])
    assert len(ids) == len(set(ids)), "3.19.23: rules are unique"
    return ids


def check_location(location):
    keys(location, ["physicalLocation"])  # 3.28
    physical = location["physicalLocation"]
    keys(physical, ["artifactLocation"], ["region"])  # 3.29
    artifact = physical["artifactLocation"]
    keys(artifact, ["uri"], ["uriBaseId"])  # 3.4
    uri = urlsplit(artifact["uri"])
    assert re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", artifact["uri"])
    if uri.scheme:
        assert "uriBaseId" not in artifact, "3.4.4: an absolute URI has no base"
        assert uri.scheme == "file" and uri.path.startswith("/"), artifact
    else:
        assert not artifact["uri"].startswith("/")
    line = 0
    if "region" in physical:
        keys(physical["region"], ["startLine"])  # 3.30
        line = physical["region"]["startLine"]
        assert isinstance(line, int) and line >= 1
    return artifact["uri"], line


def check_result(result, ids, all_suppress):
    keys(result, ["message", "ruleId", "ruleIndex", "level"],
         ["locations", "partialFingerprints", "suppressions", "properties"])  # 3.27
    assert result["level"] in ("none", "note", "warning", "error")  # 3.27.10
    assert ids[result["ruleIndex"]] == result["ruleId"], "3.27.6"
    keys(result["message"], ["text"])  # 3.11
    text(result["message"]["text"])
    assert ("suppressions" in result) == all_suppress, "3.27.23"
    for suppression in result.get("suppressions", []):  # 3.35
        keys(suppression, ["kind"], ["status", "justification"])
        assert suppression["kind"] in ("inSource", "external")
        assert suppression["status"] in ("accepted", "underReview", "rejected")
    for value in result["partialFingerprints"].values():  # 3.27.17
        text(value)
    places = [check_location(location) for location in result.get("locations", [])]
    uri, line = places[0] if places else ("-", 0)
    print(result["level"], result["ruleId"], uri, line, len(result.get("suppressions", [])))
    return tuple(sorted(result["partialFingerprints"].items()))


def check(log):
    keys(log, ["version", "runs"], ["$schema"])  # 3.13
    assert log["version"] == "2.1.0"
    assert urlsplit(log["$schema"]).scheme == "https"
    for run in log["runs"]:
        keys(run, ["tool", "results"])  # 3.14
        keys(run["tool"], ["driver"])  # 3.18
        ids = check_driver(run["tool"]["driver"])
        some = any("suppressions" in result for result in run["results"])
        prints = [check_result(result, ids, some) for result in run["results"]]
        assert len(prints) == len(set(prints)), "fingerprints tell results apart"


for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        check(json.load(file))
