"""Log lines: contents, removed secrets, and ids of the current work."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from contextvars import copy_context
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from telemetry.logs import build_formatter, log_ids

ROOT = Path(__file__).parents[2]

# Two greenlets take turns in the middle of their work.
GREENLETS = """
import logging, sys, warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
from telemetry.logs import configure_logging, log_ids
configure_logging("INFO", "text")

def work(name):
    with log_ids(session_id=name):
        eventlet.sleep(0)
        logging.info("of %s", name)

pool = [eventlet.spawn(work, name) for name in "ab"]
[greenlet.wait() for greenlet in pool]
logging.info("of nobody")
"""


@pytest.fixture(params=["text", "json"])
def log_format(request):
    return request.param


def line(log_format, message, *args, exc_info=None):
    record = logging.LogRecord("web.live", logging.WARNING, "", 0, message, args, exc_info)
    return build_formatter(log_format).format(record)


def failure():
    try:
        raise OSError("no\nluck")
    except OSError:
        return sys.exc_info()


def test_a_json_line_says_when_where_and_what():
    with log_ids(session_id="s1", seq=3):
        written = json.loads(line("json", "model %s is away", "age"))

    assert written.pop("time").endswith("+00:00")
    assert written == {
        "level": "WARNING",
        "logger": "web.live",
        "message": "model age is away",
        "session_id": "s1",
        "seq": 3,
    }


def test_a_json_line_stays_one_line_with_a_traceback_in_it():
    written = line("json", "it\nfailed", exc_info=failure())

    assert len(written.splitlines()) == 1
    assert "OSError: no\nluck" in json.loads(written)["exception"]


def test_a_text_line_has_the_ids_at_its_end_and_the_traceback_below():
    with log_ids(session_id="s1", seq=3):
        first, *rest = line("text", "it failed", exc_info=failure()).splitlines()

    assert first.endswith("WARNING web.live it failed [session_id=s1 seq=3]")
    assert rest[0] == "    Traceback (most recent call last):"


def test_no_text_of_a_client_starts_a_line():
    hostile = "x\n2026-01-01 ERROR root fake\r\x1b[2J\u2028y\u202e"
    try:
        raise ValueError(hostile)
    except ValueError:
        written = line("text", "sid %s", hostile, exc_info=sys.exc_info())

    first, *rest = written.splitlines()
    assert r"x\n2026-01-01 ERROR root fake\r\x1b[2J\u2028y\u202e" in first
    assert all(each.startswith("    ") for each in rest)
    assert "\x1b" not in written


def test_ids_end_with_their_block():
    with log_ids(session_id="s1"):
        pass

    assert "s1" not in line("text", "later")


def test_a_thread_has_the_ids_of_its_maker_only_if_it_is_given_them():
    lines = []

    def work():
        lines.append(json.loads(line("json", "work")).get("session_id"))

    with log_ids(session_id="s1"):
        for target in (work, partial(copy_context().run, work)):
            thread = Thread(target=target)
            thread.start()
            thread.join()

    assert lines == [None, "s1"]


def test_greenlets_do_not_mix_their_ids():
    result = subprocess.run(
        [sys.executable, "-c", GREENLETS], cwd=ROOT, capture_output=True, text=True, check=True
    )

    endings = [text.split("root ")[1] for text in result.stderr.splitlines()]
    assert endings == ["of a [session_id=a]", "of b [session_id=b]", "of nobody"]


@pytest.mark.parametrize(
    "said",
    [
        "GET /?token=s3cret&x=1",
        'Authorization: "Bearer s3cret"',
        '40{"token":"open s3cret"}',
        "{'token': 'open s3cret'}",
        r'"40{\"token\": \"open s3cret\"}"',
    ],
)
def test_no_line_holds_an_access_token(log_format, said):
    assert "s3cret" not in line(log_format, "bad request: %s", said)
    assert "bad request" in line(log_format, "bad request: %s", said)


@pytest.mark.parametrize("said", ["sent open s3same", "at /?t=open%20s3same", "at /?t=open+s3same"])
def test_a_known_secret_is_blanked_wherever_it_stands(log_format, said):
    record = logging.LogRecord("web.live", logging.WARNING, "", 0, said, None, None)
    assert "s3same" not in build_formatter(log_format, ["open s3same"]).format(record)


WRITERS = """
import sys, threading, traceback, warnings
from telemetry.logs import configure_logging
configure_logging("INFO", "json")
warnings.warn("old")
print("by hand\\rx", file=sys.stderr)
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
def fail(): raise OSError("in a thread")
thread = threading.Thread(target=fail); thread.start(); thread.join()
class Last:
    def __del__(self): raise OSError("at the end")
Last()
raise KeyError("last")
"""


def test_all_of_standard_error_is_in_the_log_with_tracebacks_in_one_line():
    result = subprocess.run(
        [sys.executable, "-c", WRITERS], cwd=ROOT, capture_output=True, text=True, check=False
    )

    lines = [json.loads(each) for each in result.stderr.splitlines()]
    warning, by_hand, divided, thread, unraisable, last = lines
    assert "UserWarning: old" in warning["message"]
    assert by_hand["message"] == "by hand\rx"
    assert divided["message"] == "ZeroDivisionError: division by zero"
    ends = [each["exception"].splitlines()[-1] for each in (divided, thread, unraisable, last)]
    assert ends == [
        "ZeroDivisionError: division by zero",
        "OSError: in a thread",
        "OSError: at the end",
        "KeyError: 'last'",
    ]
