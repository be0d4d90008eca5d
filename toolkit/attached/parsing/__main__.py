"""``python -m toolkit.attached.parsing KIND < FILE``: the words of one file, as JSON.

Confines itself before it looks at a byte of the file: memory, CPU, no file written, no process
started. What it cannot say itself (it was ended) its parent tells from how it ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys

from toolkit.attached.parsing.kinds import words_of

#: Bytes of memory, and seconds of CPU and of the clock (its parent is quicker, if it lives).
MEMORY, CPU, CLOCK = 512_000_000, 12, 60


def confine() -> None:
    """Take from this process what a hostile file could use."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(what)[1]
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(what, (most, most))
        except ValueError:
            if sys.platform == "linux":  # elsewhere not every limit can be set
                raise
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    signal.alarm(CLOCK)
    os.nice(10)


if __name__ == "__main__":
    confine()
    sys.stdout.write(json.dumps(words_of(sys.stdin.buffer, sys.argv[1])))
