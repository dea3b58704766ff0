"""State of a model as clients see it: in `session`, and in the event `model_status`."""

from __future__ import annotations

from face_utils.results import Wire
from serving.circuit_breaker import ModelState
from web.protocol.server_events import ModelStatus, State, StateFields


def model_status(state: ModelState) -> Wire:
    """The `model_status` event of the protocol."""
    return ModelStatus(model=state.name, **describe_state(state)).to_wire()


def describe_state(state: ModelState) -> StateFields:
    """Version, state and message of a model."""
    name: State = "available" if state.available else "unavailable"
    return {"version": state.version, "state": name, "message": state.message}
