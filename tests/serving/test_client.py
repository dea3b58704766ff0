"""The client against real gRPC: a server of the tests' own, and the embedded one."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from threading import Event

import grpc
import numpy as np
import pytest

from face_utils.errors import ModelUnavailable
from face_utils.model_spec import ModelSpec, Smoothing
from face_utils.session import Answer
from serving.availability import NOT_ASKED_YET, ModelState
from serving.bridge import Bridge
from serving.channel import open_channel
from serving.child import EmbeddedServer
from serving.client import ModelClient
from serving.contract import CONTRACT, MODELS, load_contract
from serving.tensors import decode, encode
from serving.tfs_protos import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    types_pb2,
)

MOOD = ModelSpec(
    "mood", "", 48, 0.05, "classification", ("calm", "angry"), "", 100, Smoothing("average", 1)
)
AGE = ModelSpec("age", "", 48, 0.05, "measure", (), "years", 3000, Smoothing("average", 30))
CROPS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
TIMEOUT_SECONDS = 20
State = get_model_status_pb2.ModelVersionStatus


class Server(
    prediction_service_pb2_grpc.PredictionServiceServicer,
    model_service_pb2_grpc.ModelServiceServicer,
):
    """A model server whose models are what the test says."""

    def __init__(self, port=0):
        self.versions = {"mood": {1: State.AVAILABLE}, "age": {1: State.AVAILABLE}}
        self.crop_size = 48
        self.outputs = {
            "probabilities": np.tile(np.array([0.25, 0.75], np.float32), (3, 1)),
            "years": np.array([20, 30, 40], np.float32),
            "low": np.array([15, 25, 35], np.float32),
            "high": np.array([25, 35, 45], np.float32),
        }
        self.requests = []
        self.error = None
        self.go_on = Event()
        self.go_on.set()
        self._server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(self, self._server)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    def stop(self):
        self.go_on.set()
        self._server.stop(0).wait()

    def GetModelStatus(self, request, context):  # noqa: N802
        name = request.model_spec.name
        if name not in self.versions:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find model {name}")
        return get_model_status_pb2.GetModelStatusResponse(
            model_version_status=[
                State(version=version, state=state)
                for version, state in self.versions[name].items()
            ]
        )

    def GetModelMetadata(self, request, context):  # noqa: N802
        signatures = get_model_metadata_pb2.SignatureDefMap()
        definition = signatures.signature_def["serving_default"]
        _describe(definition.inputs["image"], types_pb2.DT_UINT8, -1, *2 * [self.crop_size], 1)
        for name, array in self.outputs.items():
            _describe(definition.outputs[name], types_pb2.DT_FLOAT, -1, *array.shape[1:])
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.metadata["signature_def"].Pack(signatures)
        return response

    def Predict(self, request, context):  # noqa: N802
        self.requests.append(request)
        self.go_on.wait(TIMEOUT_SECONDS)
        if self.error:
            context.abort(*self.error)
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = max(self.versions[request.model_spec.name])
        for name in set(request.output_filter) & set(self.outputs):
            response.outputs[name].CopyFrom(encode(self.outputs[name]))
        return response


def _describe(info, dtype, *shape):
    info.dtype = dtype
    for size in shape:
        info.tensor_shape.dim.add(size=size)


class Watched:
    """A client, and what it told."""

    def __init__(self, bridge, target, models=(MOOD,), timeout=10.0):
        self.models = {model.name: model for model in models}
        self.client = ModelClient(open_channel(target), models, bridge, time.monotonic, timeout)
        self._states = Queue()

    def watch(self):
        self.client.watch(self._states.put)
        return self

    def until(self, **wanted):
        """Waits for a state with these attributes and returns it."""
        while True:
            state = self._states.get(timeout=TIMEOUT_SECONDS)
            if all(getattr(state, name) == value for name, value in wanted.items()):
                return state

    def until_all_available(self):
        for _ in self.models:
            self.until(available=True)
        return self

    def ask(self, crops=CROPS, model=MOOD):
        return self.ask_later(crops, model).get(timeout=TIMEOUT_SECONDS)

    def ask_later(self, crops=CROPS, model=MOOD):
        answers = Queue()
        self.client.predict(model, crops, answers.put)
        return answers


@pytest.fixture(scope="module")
def bridge():
    return Bridge()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def connect(bridge):
    clients = []

    def connect_to(target, **options):
        if isinstance(target, Server):
            target = f"127.0.0.1:{target.port}"
        clients.append(Watched(bridge, target, **options))
        return clients[-1]

    yield connect_to
    for client in clients:
        client.client.close()


@pytest.fixture
def client(connect, server):
    """A client that has found both models of the server."""
    return connect(server, models=(MOOD, AGE)).watch().until_all_available()


@pytest.fixture(scope="module")
def embedded():
    server = EmbeddedServer(MODELS, CONTRACT)
    yield server
    server.close()


class TestAnswers:
    def test_a_model_is_asked_by_name_for_its_outputs_about_raw_bytes(self, client, server):
        client.ask()

        [request] = server.requests
        assert request.model_spec.name == "mood"
        assert request.model_spec.signature_name == "serving_default"
        assert list(request.output_filter) == ["probabilities"]
        assert list(request.inputs) == ["image"]
        np.testing.assert_array_equal(decode(request.inputs["image"]), CROPS[..., np.newaxis])

    def test_a_classification_answers_with_one_row_per_face(self, client):
        answer = client.ask()

        assert answer.version == 1
        np.testing.assert_array_equal(answer.outputs["probabilities"], [[0.25, 0.75]] * 3)

    def test_a_measure_answers_with_its_value_and_its_range(self, client):
        answer = client.ask(model=AGE)

        assert {name: values.tolist() for name, values in answer.outputs.items()} == {
            "years": [20, 30, 40],
            "low": [15, 25, 35],
            "high": [25, 35, 45],
        }

    def test_asking_does_not_wait_and_models_do_not_wait_for_each_other(self, client, server):
        server.go_on.clear()

        answers = [client.ask_later(), client.ask_later(model=AGE), client.ask_later()]
        assert [queue.empty() for queue in answers] == [True] * 3
        server.go_on.set()

        assert all(isinstance(q.get(timeout=TIMEOUT_SECONDS), Answer) for q in answers)

    def test_answers_come_in_the_bridge_s_thread(self, client):
        names = Queue()

        client.client.predict(MOOD, CROPS, lambda _: names.put(threading.current_thread().name))

        assert names.get(timeout=TIMEOUT_SECONDS) == "bridge"


class TestFaults:
    def test_a_server_that_misses_the_deadline_is_too_slow(self, connect, server):
        client = connect(server, timeout=0.1).watch().until_all_available()
        server.go_on.clear()

        answer = client.ask()

        assert isinstance(answer, ModelUnavailable)
        assert answer.message == "The model server is too slow."

    def test_after_three_missed_deadlines_the_model_is_unavailable(self, connect, server):
        client = connect(server, timeout=0.1).watch().until_all_available()
        server.go_on.clear()

        for _ in range(3):
            assert client.client.is_available("mood")
            client.ask()

        assert client.until(available=False).message == "The model server is too slow."
        server.go_on.set()
        client.until(available=True)
        assert isinstance(client.ask(), Answer)

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (grpc.StatusCode.UNAVAILABLE, "The model server does not answer."),
            (grpc.StatusCode.NOT_FOUND, "The model server does not serve this model."),
        ],
    )
    def test_a_model_that_is_gone_is_unavailable_at_once(self, client, server, code, message):
        server.error = (code, "gone")

        assert client.ask().message == message
        assert client.until(name="mood", available=False).message == message

    @pytest.mark.parametrize("code", [grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT])
    def test_another_error_of_the_server_is_told_as_it_is(self, client, server, code):
        server.error = (code, "out of memory")

        answer = client.ask()

        assert isinstance(answer, ModelUnavailable)
        assert answer.message == f"The model server answered {code.name}: out of memory"

    def test_an_answer_in_between_forgives_the_failures(self, client, server):
        for error in ("no", "no", None, "no", "no"):
            server.error = error and (grpc.StatusCode.INTERNAL, error)
            client.ask()
            assert client.client.is_available("mood")

    @pytest.mark.parametrize(
        ("model", "outputs", "reason"),
        [
            (MOOD, {}, "output 'probabilities' is missing"),
            (MOOD, {"probabilities": np.ones((2, 2), "f4")}, "'probabilities' has shape [2, 2]"),
            (MOOD, {"probabilities": np.ones((3, 7), "f4")}, "'probabilities' has shape [3, 7]"),
            (MOOD, {"probabilities": np.float32(1)}, "'probabilities' has shape []"),
            (MOOD, {"probabilities": np.full((3, 2), np.nan, "f4")}, "holds what is no number"),
            (AGE, {"years": np.ones(3, "f4"), "low": np.ones(3, "f4")}, "'high' is missing"),
            (AGE, {"years": np.ones((3, 1), "f4")}, "output 'years' has shape [3, 1]"),
        ],
    )
    def test_an_answer_that_breaks_the_contract_is_no_answer(
        self, client, server, model, outputs, reason
    ):
        server.outputs = {name: np.asarray(array) for name, array in outputs.items()}

        answer = client.ask(model=model)

        assert isinstance(answer, ModelUnavailable)
        assert "not as the contract has it" in answer.message
        assert reason in answer.message

    def test_closing_answers_what_is_in_flight_as_unavailable(self, client, server):
        server.go_on.clear()
        answers = client.ask_later()

        client.client.close()

        assert isinstance(answers.get(timeout=TIMEOUT_SECONDS), ModelUnavailable)

    def test_a_closed_client_answers_as_unavailable(self, client):
        client.client.close()

        assert isinstance(client.ask(), ModelUnavailable)


class TestAvailability:
    def test_before_the_server_was_asked_no_model_is_available(self, connect, server):
        client = connect(server).client

        assert not client.is_available("mood")
        assert client.states == {"mood": ModelState("mood", message=NOT_ASKED_YET)}

    def test_every_model_that_is_served_becomes_available_in_its_version(self, connect, server):
        server.versions["age"] = {3: State.AVAILABLE, 7: State.AVAILABLE, 8: State.LOADING}

        client = connect(server, models=(MOOD, AGE)).watch().until_all_available()

        assert {name: state.version for name, state in client.client.states.items()} == {
            "mood": 1,
            "age": 7,
        }

    def test_where_nothing_listens_the_server_does_not_answer(self, connect, free_port):
        client = connect(f"127.0.0.1:{free_port()}").watch()

        assert client.until().message == "The model server does not answer."
        assert isinstance(client.ask(), ModelUnavailable)
        assert not client.client.is_available("mood")

    def test_a_server_that_goes_and_comes_back_is_noticed(self, connect, server):
        client = connect(server).watch().until_all_available()

        server.stop()
        assert client.until(available=False).message == "The model server does not answer."
        again = Server(server.port)

        client.until(available=True)
        assert isinstance(client.ask(), Answer)
        again.stop()

    def test_a_server_that_starts_after_the_client_is_found(self, connect, free_port):
        port = free_port()
        client = connect(f"127.0.0.1:{port}").watch()
        client.until(available=False)

        late = Server(port)

        client.until(available=True)
        late.stop()

    def test_a_model_that_the_server_does_not_know_is_named_as_such(self, connect, server):
        del server.versions["mood"]
        client = connect(server, models=(MOOD, AGE)).watch()

        state = client.until(name="mood")

        assert state.message == "The model server does not serve this model."
        client.until(name="age", available=True)

    def test_a_model_without_a_working_version_is_unavailable(self, connect, server):
        server.versions["mood"] = {1: State.END, 2: State.LOADING}

        state = connect(server).watch().until()

        assert state.message == "The model server has no working version of this model."

    def test_a_model_that_does_not_fit_the_contract_says_what_does_not(self, connect, server):
        server.crop_size = 64

        state = connect(server).watch().until()

        assert not state.available
        assert state.message == (
            "Version 1 does not fit the contract: "
            "it takes crops of [64, 64, 1] where models.toml says [48, 48, 1]."
        )

    def test_a_new_version_is_taken_up(self, connect, server):
        client = connect(server).watch().until_all_available()

        server.versions["mood"] = {2: State.AVAILABLE}

        assert client.until(version=2).available
        assert client.ask().version == 2

    def test_a_new_version_that_does_not_fit_the_contract_is_not_used(self, connect, server):
        client = connect(server).watch().until_all_available()

        server.crop_size = 64
        server.versions["mood"] = {2: State.AVAILABLE}

        assert "Version 2 does not fit" in client.until(available=False).message
        server.crop_size = 48
        assert client.until(available=True).version == 2


class TestEmbeddedServer:
    def test_all_models_of_the_contract_answer_about_any_number_of_faces(self, embedded, connect):
        models = load_contract()
        client = connect(embedded.target, models=models.values()).watch().until_all_available()

        for model in models.values():
            for count in (1, 3, 20):
                answer = client.ask(np.zeros((count, model.size, model.size), np.uint8), model)
                assert set(answer.outputs) == set(model.outputs)
                assert {len(values) for values in answer.outputs.values()} == {count}
                if model.kind == "classification":
                    sums = answer.outputs["probabilities"].sum(axis=1)
                    np.testing.assert_allclose(sums, 1, atol=1e-3)

    def test_a_model_outside_of_its_contract_is_named(self, embedded, connect):
        other = ModelSpec(
            "mood", "", 48, 0, "classification", ("a", "b"), "", 1, Smoothing("average", 1)
        )

        state = connect(embedded.target, models=(other,)).watch().until(available=False)

        assert state.message
