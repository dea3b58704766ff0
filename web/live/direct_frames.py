"""Frames of a WebSocket that are taken without python-socketio.

The library needs three green threads for a frame with one image: one for its announcement, one for
the image and one for the handler, which waits for a worker. Here the reader of the connection hands
the frame to a worker itself, and its ack follows when the worker is done. Every other event, and
whatever is unusual about a frame, is left to the library.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from face_utils.results import Wire
from web.live.frame_events import FrameEvents
from web.live.live_session import LiveSession
from web.transport.connection_state import state_of
from web.transport.frame_packets import read_frame_event
from web.transport.outgoing import encode, send_packet

if TYPE_CHECKING:  # The module imports eventlet, which not every mode uses.
    from web.transport.websocket import BoundedWebSocket


class DirectFrames:
    """Takes the frames of one session.

    Args:
        events: Handles the frames.
        sid: Id of the session.
        session: The session.
        connection: Its Engine.IO socket.
    """

    def __init__(
        self, events: FrameEvents, sid: str, session: LiveSession, connection: Any
    ) -> None:
        self._events = events
        self._sid = sid
        self._session = session
        self._connection = connection
        self._state = state_of(connection)

    def take(self, text: str, inbox: BoundedWebSocket) -> str | None:
        """Takes a frame whose turn it is.

        Args:
            text: Announces the frame.
            inbox: Has the image as its next message.

        Returns:
            The announcement if the library must handle the frame, otherwise None.
        """
        if self._state.over or not self._session.place.has_turn:
            return text
        event = read_frame_event(text)
        image = event and inbox.next_image()
        if not event or image is None:
            return text
        reply = partial(self._reply, event.ack) if event.ack else _keep_silent
        payload = (event.argument, image)
        self._events.start(event.name, payload, self._sid, self._session, reply)
        return None

    def _reply(self, number: str, ack: Wire) -> None:
        send_packet(self._connection, f"3{number}{encode([ack])}")


def _keep_silent(_ack: Wire) -> None:
    """Sends nothing to a client that wants no ack."""
