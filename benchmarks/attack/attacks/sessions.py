"""Sessions that restart continuously, expensive images and guessed tokens (items 11, 14, 16)."""

from __future__ import annotations

from itertools import count

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.loops import discard_responses, repeat
from benchmarks.attack.attacks.many_scans import many_scans
from benchmarks.attack.endpoint import Deadline, Endpoint
from benchmarks.attack.wire import BINARY, Link, connect_packet, frame_event, packet
from tests.support.moving_face import jpeg

CHURN_PER_SECOND = 50
"""As in the report: 395 frames in 8 s."""
GUESSES_PER_SECOND = 100
"""Limit of guesses from one address. With more, a short token can be found by brute force."""


def churn(endpoint: Endpoint) -> Outcome:
    """Disconnects and reconnects the session after each frame, all on one connection."""
    image = packet(jpeg(0.0), BINARY)
    seqs = count()

    def attack(deadline: Deadline) -> None:
        with Link(endpoint) as link:
            link.join()
            while not deadline.is_over:
                turn = Deadline.after(1 / CHURN_PER_SECOND)
                again = packet(b"41") + connect_packet(endpoint.token)
                link.wire.sendall(frame_event(next(seqs)) + image + again)
                discard_responses(link.wire, 0.001)
                turn.wait()

    rounds = repeat(attack, Deadline.after(endpoint.seconds), 20)
    return Outcome({"connections": rounds, "frames": next(seqs)})


def costly_images(endpoint: Endpoint) -> Outcome:
    """Sends a JPEG of 18 KB, 8.3 megapixels and 99 scans on two connections."""
    image = packet(many_scans(3840, 2160, 99), BINARY)
    acks = count()

    def attack(deadline: Deadline) -> None:
        with Link(endpoint) as link:
            link.join()
            seq = 0
            while not deadline.is_over:
                turn = Deadline.after(1 / 30)
                link.send_frame(seq, image)
                link.await_ack(seq)
                next(acks)
                seq += 1
                turn.wait()

    repeat(attack, Deadline.after(endpoint.seconds), 20, threads=2)
    return Outcome({"acks": next(acks)})


def guess_tokens(endpoint: Endpoint) -> Outcome:
    """Guesses access tokens on four connections, as fast as they are refused."""
    guess = packet(b'40{"token":"guess"}')
    guesses = count()

    def attack(deadline: Deadline) -> None:
        with Link(endpoint) as link:
            while not deadline.is_over:
                link.wire.sendall(guess)
                while not link.receive().startswith(b"44"):
                    pass
                next(guesses)

    repeat(attack, Deadline.after(endpoint.seconds), 50, threads=4)
    per_second = next(guesses) / endpoint.seconds
    outcome = Outcome({"guesses_per_second": per_second})
    if per_second > GUESSES_PER_SECOND:
        outcome.faults.append(f"{per_second:.0f} guesses/s")
    return outcome


ATTACKS = (
    Attack("costly-images", "JPEGs of 8.3 megapixels and 99 scans", costly_images),
    Attack(
        "session-churn",
        "a new session after each frame, and SIGTERM at the end",
        churn,
        then_stop=True,
        slowness=2,
    ),
    Attack("guessed-tokens", "guessing the access token", guess_tokens),
)
