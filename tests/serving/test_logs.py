"""Log lines: what they hold, what they never hold, and that their ids are those of the work."""

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

from serving.logs import build_formatter, log_ids

ROOT = Path(__file__).parents[2]

# Two greenlets take turns in the middle of their work.
GREENLETS = """
import logging, sys, warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
from serving.logs import configure_logging, log_ids
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
    record = logging.LogRecord("web.events", logging.WARNING, "", 0, message, args, exc_info)
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
        "logger": "web.events",
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

    assert first.endswith("WARNING web.events it failed [session_id=s1 seq=3]")
    assert rest[0].startswith("Traceback")


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


@pytest.mark.parametrize("said", ["GET /?token=s3cret&x=1", 'Authorization: "Bearer s3cret"'])
def test_no_line_holds_an_access_token(log_format, said):
    assert "s3cret" not in line(log_format, "bad request: %s", said)
    assert "bad request" in line(log_format, "bad request: %s", said)
