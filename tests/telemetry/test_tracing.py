"""Traces on and off; tests/web/observability/test_operations.py has the spans."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A frame with a part that another process goes on with, each in a process that may be patched.
FRAME = """
import sys, warnings
warnings.simplefilter("ignore")
if sys.argv[1] == "eventlet":
    import eventlet
    eventlet.monkey_patch()
from telemetry.tracing import configure_tracing, extract, inject, trace, tracer
configure_tracing("console", "mien-app")
frame = tracer.start_span("frame", kind=trace.SpanKind.SERVER, attributes={"mien.frame": "s/1"})
context = trace.set_span_in_context(frame)
metadata = inject(context)
tracer.start_span("decode", context, start_time=1_000).end(2_000)
frame.set_status(trace.StatusCode.ERROR, "bad_image")
frame.end()
tracer.start_span("Predict", extract(metadata), trace.SpanKind.SERVER).end()
"""


def run(*arguments, **environment):
    command = [sys.executable, "-c", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("module", ["web.application", "serving.__main__"])
def test_switched_off_the_sdk_is_not_imported(module):
    program = f"""
import sys
import {module}
from telemetry.tracing import configure_tracing, tracer
configure_tracing("off", "mien")
tracer.start_span("frame").end()
sdk = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto")
print([name for name in sys.modules if name.startswith(sdk)])
"""
    assert run(program).stdout == "[]\n"


def test_without_its_packages_the_switch_says_what_to_install():
    result = run(
        """
import sys
sys.modules["opentelemetry.sdk"] = None
from telemetry.tracing import *
configure_tracing("otlp", "mien")
"""
    )

    last = result.stderr.splitlines()[-1]
    assert "need the package opentelemetry.sdk" in last
    assert "make tracing" in last


@pytest.mark.parametrize("world", ["plain", "eventlet"])
def test_what_is_left_is_written_before_the_end(world):
    result = run(FRAME, world)

    assert result.returncode == 0, result.stderr
    spans = {span["name"]: span for span in map(json.loads, result.stderr.splitlines())}
    frame, decode, predict = spans["frame"], spans["decode"], spans["Predict"]
    assert decode["parent_id"] == predict["parent_id"] == frame["context"]["span_id"]
    assert frame["parent_id"] is None
    assert frame["status"] == {"status_code": "ERROR", "description": "bad_image"}
    assert frame["attributes"] == {"mien.frame": "s/1"}
    assert decode["start_time"] == "1970-01-01T00:00:00.000001Z"
    assert frame["resource"]["attributes"]["service.name"] == "mien-app"


def test_the_standard_variable_names_the_process():
    result = run(FRAME, "plain", OTEL_SERVICE_NAME="exhibit")

    names = {
        json.loads(line)["resource"]["attributes"]["service.name"]
        for line in result.stderr.splitlines()
    }
    assert names == {"exhibit"}


JOINT = """
from telemetry.tracing import configure_tracing, inject, links, trace, tracer
configure_tracing("console", "mien-app")
requests = [tracer.start_span(name) for name in "ab"]
metadata = [pair for each in requests for pair in inject(trace.set_span_in_context(each))]
call = tracer.start_span("call", links=links([("x-request-id", "s/1"), *metadata]))
for span in (*requests, call):
    span.end()
"""


def test_a_call_for_several_requests_links_to_each_of_them():
    result = run(JOINT)
    decoder, text, spans = json.JSONDecoder(), result.stderr or result.stdout, []
    while text.strip():
        span, end = decoder.raw_decode(text.lstrip())
        spans.append(span)
        text = text.lstrip()[end:]
    *requests, call = spans

    assert call["parent_id"] is None
    linked = [link["context"]["span_id"] for link in call["links"]]
    assert linked == [each["context"]["span_id"] for each in requests]
