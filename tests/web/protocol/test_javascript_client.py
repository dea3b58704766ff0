"""The official JavaScript client works with the app."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from serving.contract import load_contract
from tests.support.app_process import AppProcess
from web.settings import ROOT


def test_the_official_javascript_client_gets_every_response(
    any_app: AppProcess, frame: bytes, tmp_path: Path
) -> None:
    image = tmp_path / "frame.jpg"
    image.write_bytes(frame)
    script = ROOT / "tests" / "web" / "protocol" / "official_client.mjs"
    result = subprocess.run(
        ["node", script, any_app.url, image],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = json.loads(result.stdout)
    assert told["session"]["protocol"] == 1
    assert (told["ack"]["status"], len(told["ack"]["faces"])) == ("analysed", 1)
    assert told["predictions"].keys() == set(load_contract())
    assert told["bad"]["code"] == "bad_image"
    assert told["unknown"]["code"] == "bad_request"
