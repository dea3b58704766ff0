"""Registry of all sessions of this process, from connect to end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from typing import Any

from face_utils.backend import Backend
from face_utils.errors import ServerFull, SessionExpired
from face_utils.model_spec import ModelSpec
from face_utils.results import Wire
from face_utils.session import Session, SessionLimits
from telemetry.logs import log_ids
from web.http.networks import network_of
from web.live.fair_queue import FairQueue
from web.live.live_session import LiveSession
from web.live.worker_pool import Workers
from web.observability.metrics import SESSIONS, SESSIONS_ENDED, SESSIONS_OPENED, SESSIONS_REFUSED
from web.protocol import server_events

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5
QUIET_SECONDS = 5.0
"""A session without a frame for this long is ended if a new client finds no free session."""

LONGEST_RETRY_SECONDS = 30
LAST_FRAME_SECONDS = 2.0
LAST_REPLY_SECONDS = 0.02
_MESSAGES = {
    "idle": "The session has ended because no frame arrived for a while.",
    "lifetime": "The session has reached its time limit.",
    "shutdown": "The service is stopping. Connect again in a moment.",
}


@dataclass(frozen=True)
class SessionCaps:
    """Limits of the number of open sessions.

    Attributes:
        total: Sessions of all clients.
        per_address: Sessions from one IPv4 address or one IPv6 network of 64 bits.
    """

    total: int
    per_address: int


class SessionRegistry:
    """Keeps one session per connected client and ends expired ones.

    Args:
        models: The models of the contract.
        open_backend: Opens a session's access to the models; the session's end closes it.
        workers: Run image processing.
        limits: Limits of each session.
        caps: Limits of the number of sessions.
        frames_at_once: Number of frames that may be analyzed at the same time.
        send: Sends an event with its payload to one client: `send(sid, event, payload)`.
        disconnect: Closes one client's connection.
    """

    def __init__(
        self,
        *,
        models: Sequence[ModelSpec],
        open_backend: Callable[[], Backend],
        workers: Workers,
        limits: SessionLimits,
        caps: SessionCaps,
        frames_at_once: int,
        send: Callable[[str, str, Wire], None],
        disconnect: Callable[[str], Any],
    ) -> None:
        self._models = models
        self._limits = limits
        self._build = partial(LiveSession, workers=workers, clock=time.monotonic)
        self._open_backend = open_backend
        self._send = send
        self._disconnect = disconnect
        self._caps = caps
        self._queue = FairQueue(frames_at_once)
        self._sessions: dict[str, LiveSession] = {}
        self._networks: dict[str, str] = {}
        SESSIONS.set_function(lambda: len(self._sessions))
        self._stop = Event()

    def start(self) -> None:
        """Starts to end expired sessions."""
        Thread(target=self._watch, name="session-expiry", daemon=True).start()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, sid: str, address: str = "") -> LiveSession:
        """Starts the session of a client that has connected.

        Args:
            sid: The client's id.
            address: Its network address.

        Raises:
            ServerFull: The limit of sessions is reached, and all of them are in use.
        """
        network = network_of(address)
        self._make_room(network)
        place = self._queue.join(network)
        state = Session(self._models, self._limits, time.monotonic())
        backend = self._open_backend()
        send = partial(self._send, sid)
        session = self._build(state, backend=backend, place=place, send=send)
        self._sessions[sid], self._networks[sid] = session, network
        SESSIONS_OPENED.inc()
        with log_ids(session_id=sid):
            log.info("Session opened, %d in total.", len(self._sessions))
        return session

    def get(self, sid: str) -> LiveSession:
        """The session of a client.

        Raises:
            SessionExpired: It has ended.
        """
        try:
            return self._sessions[sid]
        except KeyError:
            raise SessionExpired("The session is over.") from None

    def close(self, sid: str, reason: str) -> LiveSession | None:
        """Ends a session and deletes its data; returns it, or None if it had already ended."""
        session = self._sessions.pop(sid, None)
        self._networks.pop(sid, None)
        if session is not None:
            session.close()
            SESSIONS_ENDED.labels(reason.replace(" ", "_")).inc()
            with log_ids(session_id=sid):
                log.info("Session closed (%s), %d left.", reason, len(self._sessions))
        return session

    def broadcast(self, event: str, payload: Wire) -> None:
        """Sends an event to every session."""
        for sid in list(self._sessions):
            self._send(sid, event, payload)

    def end_all(self) -> None:
        """Ends every session because the process is stopping."""
        self._stop.set()
        for ending in [self._expire(sid, "shutdown") for sid in list(self._sessions)]:
            ending.join()

    def _make_room(self, network: str) -> None:
        """Ends the session that has been quiet longest if a cap is reached."""
        now = time.monotonic()
        of_network = [sid for sid, other in self._networks.items() if other == network]
        for setting, sids, cap in (
            ("MIEN_MAX_SESSIONS_PER_ADDRESS", of_network, self._caps.per_address),
            ("MIEN_MAX_SESSIONS", list(self._sessions), self._caps.total),
        ):
            if len(sids) < cap:
                continue
            quiet = {sid: self._sessions[sid].session.quiet_seconds(now) for sid in sids}
            quietest = max(quiet, key=quiet.__getitem__)
            if quiet[quietest] < QUIET_SECONDS:
                SESSIONS_REFUSED.inc()
                log.warning("Refused a session to %s: %s is %d.", network, setting, cap)
                raise ServerFull("The service is full. Try again later.", self._retry_after(sids))
            self._expire(quietest, "idle")

    def _retry_after(self, sids: Sequence[str]) -> int:
        soonest = min(
            self._sessions[sid].session.remaining_seconds(time.monotonic()) for sid in sids
        )
        return max(1, min(LONGEST_RETRY_SECONDS, round(soonest)))

    def _watch(self) -> None:
        while not self._stop.wait(CHECK_SECONDS):
            for sid, session in list(self._sessions.items()):
                reason = session.session.expiry(time.monotonic())
                if reason is not None:
                    self._expire(sid, reason)

    def _expire(self, sid: str, reason: str) -> Thread:
        """Closes a session, and notifies its client in a thread."""
        session = self.close(sid, reason)
        ending = Thread(target=self._notify_client, args=(sid, session, reason), daemon=True)
        ending.start()
        return ending

    def _notify_client(self, sid: str, session: LiveSession | None, reason: str) -> None:
        if session is None:
            return
        try:
            # A frame in a worker gets its ack first, because the client cannot receive it later.
            session.place.wait_until_free(LAST_FRAME_SECONDS)
            time.sleep(LAST_REPLY_SECONDS)
            payload = {"reason": reason, "message": _MESSAGES[reason]}
            event = server_events.SessionExpired.model_validate(payload)
            self._send(sid, "session_expired", event.to_wire())
            self._disconnect(sid)
        except Exception:
            with log_ids(session_id=sid):
                log.exception("The client could not be notified of its session's end.")
