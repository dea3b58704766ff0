"""The JSON examples of docs/reference/protocol.md are what the service sends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from serving.contract import load_contract
from tests.support.app_process import AppProcess
from tests.support.moving_face import jpeg
from tests.web.recorder import connected

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = {
    name: json.loads(text)
    for name, text in re.findall(r"<!-- example: ([^>]+) -->\n```json\n(.*?)```", PAGE, re.DOTALL)
}
CONTRACT = load_contract()


def shape(value: Any) -> Any:
    """The keys and types of a payload, without its values; numbers are alike."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return float if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value)


@pytest.fixture(scope="module")
def sent(app: AppProcess) -> dict[str, Any]:
    """Messages of the service for one frame, under the names of the examples."""
    with connected(app.url) as client:
        session = client.wait_for("session")
        ack = client.call("frame", {"seq": 42, "captured_at": 1731234567890}, jpeg(0.0))
        predictions = {
            f"prediction {model}": client.wait_for("prediction", model=model, seq=42)
            for model in ("emotion", "age")
        }
        changed = client.call("configure", {})
    return {"session": session, "frame ack": ack, "configure ack": changed, **predictions}


def test_the_session_example_is_what_a_new_client_gets(sent: dict[str, Any]) -> None:
    example = EXAMPLES["session"]
    assert sent["session"] == {**example, "session_id": sent["session"]["session_id"]}


def test_the_configure_example_is_what_a_new_client_gets(sent: dict[str, Any]) -> None:
    assert sent["configure ack"] == EXAMPLES["configure ack"]


@pytest.mark.parametrize("name", ["frame ack", "prediction emotion", "prediction age"])
def test_an_example_has_the_fields_that_the_service_sends(sent: dict[str, Any], name: str) -> None:
    assert shape(sent[name]) == shape(EXAMPLES[name])


@pytest.mark.parametrize("example", EXAMPLES["session"]["models"], ids=lambda model: model["name"])
def test_the_models_of_the_example_are_those_of_the_contract(example: dict[str, Any]) -> None:
    spec = CONTRACT[example["name"]]
    assert tuple(example.get("labels", ())) == spec.labels
    assert example.get("unsure_below", 0.0) == spec.unsure_below
    assert example["interval_ms"] == spec.interval_ms
    assert (example["title"], example["activation"]) == (spec.title, spec.activation)


def test_the_scores_of_the_example_are_of_the_contract_and_sum_to_one() -> None:
    (face,) = EXAMPLES["prediction emotion"]["faces"]
    assert tuple(face["scores"]) == CONTRACT["emotion"].labels
    assert sum(face["scores"].values()) == pytest.approx(1)
    assert face["confidence"] == max(face["scores"].values()) == face["scores"][face["label"]]


def test_the_status_example_names_a_model_of_the_contract() -> None:
    assert EXAMPLES["model_status"]["model"] in CONTRACT


def test_every_json_block_of_the_page_is_json() -> None:
    for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL):
        json.loads(block)
