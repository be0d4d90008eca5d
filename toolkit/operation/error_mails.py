"""Errors by mail: enough to know, never enough to fill a mailbox."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from logging import LogRecord

from django.utils.log import AdminEmailHandler

#: Seconds in which the same error is mailed once, and in which ``AT_MOST`` mails go out.
AGAIN_AFTER = 3600
AT_MOST = 10


class FewMailsHandler(AdminEmailHandler):
    """Mails an error to ``ADMINS`` once an hour, and no more than ten mails an hour in all from
    one process. The log has every one; the next mail says how many were left out."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._sent: deque[tuple[float, str]] = deque(maxlen=AT_MOST)
        self._left_out = 0
        self._counting = threading.Lock()

    def emit(self, record: LogRecord) -> None:
        with self._counting:
            now = self._clock()
            recent = [(at, what) for at, what in self._sent if now - at < AGAIN_AFTER]
            fault = _fault(record)
            if len(recent) >= AT_MOST or any(what == fault for _at, what in recent):
                self._left_out += 1
                return
            self._sent.append((now, fault))
            self._omitted, self._left_out = self._left_out, 0
        super().emit(record)

    def format_subject(self, subject: str) -> str:
        omitted = f" (and {self._omitted} more since the last mail)" if self._omitted else ""
        return super().format_subject(subject) + omitted

    _omitted = 0


def _fault(record: LogRecord) -> str:
    """What makes two errors the same: kind and line of the exception, whatever page it hit."""
    if not record.exc_info or record.exc_info[0] is None:
        return f"{record.name}: {record.msg}"
    kind, _error, trace = record.exc_info
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{kind.__name__} {where}"
