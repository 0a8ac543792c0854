"""What is told of the slow tests: how long each took, what it is, and the figures that it prints."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

WHAT = "what it is"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Send the first line of a slow test's docstring, or of its file's, along with its report."""
    if item.get_closest_marker("slow") and not any(name == WHAT for name, _ in item.user_properties):
        test = getattr(item, "function", None)
        text = inspect.getdoc(test) or inspect.getdoc(inspect.getmodule(test)) or ""
        item.user_properties.append((WHAT, text.partition("\n\n")[0].replace("\n", " ")))
    yield


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """A line instead of a dot for a slow test that has ended, also where workers run it."""
    what = dict(getattr(report, "user_properties", ())).get(WHAT)
    if what is None or report.when != "call":
        return None
    figures = "".join(f"\n    {line}" for line in report.capstdout.splitlines() if line)
    line = f"\n{report.duration:5.0f} s  {report.outcome}: {report.nodeid}\n    {what}{figures}"
    return report.outcome, line, report.outcome.upper()
