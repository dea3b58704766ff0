from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import numpy, ovmsclient

client = ovmsclient.make_grpc_client(sys.argv[1])
assert client.get_model_status("mood", model_version=1)[1]["state"] == "AVAILABLE"
metadata = client.get_model_metadata("mood", model_version=1)
assert metadata["inputs"] == {"image": {"shape": [-1, 16, 16, 1], "dtype": "DT_UINT8"}}
assert metadata["outputs"] == {"probabilities": {"shape": [-1, 3], "dtype": "DT_FLOAT"}}
with numpy.load(sys.argv[2]) as arrays:
    given = client.predict({"image": arrays["image"]}, "mood", model_version=1)
    numpy.testing.assert_allclose(given, arrays["probabilities"], rtol=0, atol=1e-3)
try:
    client.predict({"image": numpy.zeros((1, 16, 16, 1), "u1")}, "mood", model_version=9)
except ovmsclient.tfs_compat.base.errors.ModelNotFoundError as error:
    print(error)
"""


def test_ovmsclient_reads_status_and_metadata_and_predicts(serve, repository, samples):
    """In a process of its own: its copies of the messages clash with those of TensorFlow."""
    address = serve(repository).address

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, address, samples / "expected_outputs/mood-1.npz"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Specific(mood, 9)" in done.stdout
