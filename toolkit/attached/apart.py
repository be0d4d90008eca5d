"""Has a file read in a process of its own, whose end nothing can keep from coming."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings

from toolkit.attached.parsing.words import MOST_CHARACTERS
from toolkit.attached.reasons import Reason
from toolkit.core.sanitising import clean_text

#: Seconds by the clock; and bytes of an answer, of which each character may take twelve.
LONGEST, MOST_BYTES = 20.0, 12 * MOST_CHARACTERS + 1000

#: The service is stopped, or the machine.
_STOPPED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
#: How a process ended that did not end by itself → what that means.
_ENDED = {
    signal.SIGXCPU: Reason.TIME,
    signal.SIGALRM: Reason.TIME,
    # The system ends a process so where memory is short, and CPU time over a second limit
    signal.SIGKILL: Reason.ENDED,
}


@dataclass(frozen=True)
class Outcome:
    """What reading a file gave: its words, or the reason why there are none. ``is_cut`` where the
    file has more of them than are kept. ``is_open`` says that somebody stopped the reading, and
    nothing is known yet."""

    text: str = ""
    is_cut: bool = False
    reason: str = ""
    is_open: bool = False


def read_apart(file: BinaryIO, kind: str, *, seconds: float = LONGEST) -> Outcome:
    """The words of an open file (of the operating system, at its beginning) of a kind that
    ``toolkit.attached.parsing.kinds`` names. Never raises for what is in the file."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "toolkit.attached.parsing", kind],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        # No secret of the site is among what it knows
        env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )
    deadline = time.monotonic() + seconds
    try:
        answer = _answer(process, deadline)
        if answer is None:
            return Outcome(reason=Reason.TIME)
        if len(answer) > MOST_BYTES:
            return Outcome(reason=Reason.CRASHED)
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            return Outcome(reason=Reason.TIME)
    finally:
        # All that it may have started, too
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        process.stdout.close()
    if -process.returncode in _STOPPED:
        return Outcome(is_open=True)
    if process.returncode < 0:
        return Outcome(reason=_ENDED.get(signal.Signals(-process.returncode), Reason.CRASHED))
    return _understood(answer) if process.returncode == 0 else Outcome(reason=Reason.CRASHED)


def _answer(process: subprocess.Popen[bytes], deadline: float) -> bytes | None:
    """What it says, as far as anybody listens; None if it says nothing more for too long."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    pipe = process.stdout.fileno()
    said = bytearray()
    while len(said) <= MOST_BYTES:
        ready, _, _ = select.select([pipe], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return None
        piece = os.read(pipe, 65_536)
        if not piece:
            break
        said += piece
    return bytes(said)


def _understood(answer: bytes) -> Outcome:
    """A process that read a hostile file is believed nothing that it cannot say."""
    try:
        said = json.loads(answer)
        text, is_cut, reason = said.get("text", ""), said.get("is_cut", False), said.get("reason")
    except (ValueError, AttributeError, RecursionError):
        return Outcome(reason=Reason.CRASHED)
    if reason:
        return Outcome(reason=Reason(reason) if reason in Reason.values else Reason.CRASHED)
    if not isinstance(text, str) or not text:
        return Outcome(reason=Reason.CRASHED)
    kept = clean_text(text)[:MOST_CHARACTERS]
    return Outcome(text=kept, is_cut=bool(is_cut) or len(text) > MOST_CHARACTERS)
