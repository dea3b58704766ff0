"""The events `frame` and `faces`, from their arguments to their ack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from face_utils.frame import DetectedFrame, FrameReader, FrameSource, LiveFrame
from face_utils.results import Wire
from face_utils.rotation import Rotation
from face_utils.session_events import FrameStamp
from web.live.acks import acknowledge_frame
from web.live.live_session import LiveSession
from web.live.validation import read_faces, read_frame, read_seq
from web.observability.instrumentation import FrameObservation
from web.transport.framing import MaskedImage

Payload = Sequence[object]
"""Arguments of an event."""


class FrameEvents:
    """Handles the frames of all sessions.

    Args:
        reader: Reads the frames.
    """

    def __init__(self, reader: FrameReader) -> None:
        self._reader = reader
        self._read = {"frame": self._read_frame, "faces": self._read_faces}

    def analyze(
        self, event: str, payload: Payload, sid: str, find: Callable[[str], LiveSession]
    ) -> Wire:
        """Analyzes a frame and returns its ack; waits for a worker.

        Args:
            event: `frame` or `faces`.
            payload: Its arguments.
            sid: Id of the session.
            find: Finds the session by its id.
        """
        observation = FrameObservation(sid, read_seq(payload))

        def work() -> Wire:
            session = find(sid)
            stamp, source = self._admit(event, payload, session)
            return session.analyze(stamp, source, observation)

        with observation.logged():
            ack = acknowledge_frame(work, observation.seq)
        observation.acknowledged(ack)
        return ack

    def start(
        self,
        event: str,
        payload: Payload,
        sid: str,
        session: LiveSession,
        reply: Callable[[Wire], None],
    ) -> None:
        """Takes a frame whose worker is free, without waiting for its ack.

        Args:
            event: `frame` or `faces`.
            payload: Its arguments.
            sid: Id of the session.
            session: The session.
            reply: Sends the ack, now or later.
        """
        observation = FrameObservation(sid, read_seq(payload))

        def finish(ack: Wire) -> None:
            observation.acknowledged(ack)
            reply(ack)

        def work() -> None:
            stamp, source = self._admit(event, payload, session)
            session.start(stamp, source, observation, finish)

        with observation.logged():
            error = acknowledge_frame(work, observation.seq)
        if error is not None:
            finish(error)

    def _admit(
        self, event: str, payload: Payload, session: LiveSession
    ) -> tuple[FrameStamp, FrameSource]:
        with session.admission():
            return self._read[event](payload, session.session.settings.rotate)

    def _read_frame(self, payload: Payload, rotate: Rotation) -> tuple[FrameStamp, FrameSource]:
        stamp, image = read_frame(payload)
        return stamp, partial(self._open, image, rotate)

    def _open(self, image: bytes | MaskedImage, rotate: Rotation) -> DetectedFrame | LiveFrame:
        """Runs in a worker, which also removes the mask."""
        data = image.unmask() if isinstance(image, MaskedImage) else image
        return self._reader.open(data, rotate)

    def _read_faces(self, payload: Payload, _: Rotation) -> tuple[FrameStamp, FrameSource]:
        """The client's boxes and crops are of the upright frame already."""
        stamp, frame = read_faces(payload, self._reader.max_faces)
        return stamp, partial(self._reader.read_client_faces, frame)
