from __future__ import annotations

import numpy as np
import pytest

from serving.contract import CONTRACT, MODELS, load_contract
from serving.embedded_process import EmbeddedServer
from tests.support.model_specs import classification


@pytest.fixture(scope="module")
def embedded():
    server = EmbeddedServer(MODELS, CONTRACT)
    server.start()
    yield server
    server.close()


class TestEmbeddedServer:
    def test_all_models_of_the_contract_answer_about_any_number_of_faces(self, embedded, connect):
        models = load_contract()
        client = connect(embedded.target, models=models.values()).watch().until_all_available()

        for model in models.values():
            for count in (1, 3, 20):
                crops = np.zeros((count, model.size, model.size), np.uint8)
                outcome = client.ask(crops, model, activation=model.activation)
                names = {*model.outputs, "activation"} if model.activation else {*model.outputs}
                assert set(outcome.outputs) == names
                assert {len(values) for values in outcome.outputs.values()} == {count}
                if model.kind == "classification":
                    sums = outcome.outputs["probabilities"].sum(axis=1)
                    np.testing.assert_allclose(sums, 1, atol=1e-3)

    def test_a_model_outside_of_its_contract_is_named(self, embedded, connect):
        other = classification(margin=0)

        state = connect(embedded.target, models=(other,)).watch().until(available=False)

        assert state.message
