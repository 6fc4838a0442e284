#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""junit.py FILE...: reads a JUnit report with an XML parser, checks that its counts are those of its
cases, and prints SUITE CLASS NAME OUTCOME of each."""
import sys
import xml.etree.ElementTree


def outcome(case):
    found = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
    assert len(found) <= 1, found
    return found[0] if found else "passed"


def check_counts(element, cases):
    outcomes = [outcome(case) for case in cases]
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(element.get(attribute)) == outcomes.count(tag), attribute
    assert int(element.get("tests")) == len(cases)


for name in sys.argv[1:]:
    root = xml.etree.ElementTree.parse(name).getroot()
    assert root.tag == "testsuites"
    check_counts(root, root.findall("testsuite/testcase"))
    for suite in root:
        assert suite.tag == "testsuite"
        check_counts(suite, suite.findall("testcase"))
        for case in suite:
            assert case.tag == "testcase" and case.get("name") and case.get("classname")
            print(suite.get("name"), case.get("classname"), case.get("name"), outcome(case))
