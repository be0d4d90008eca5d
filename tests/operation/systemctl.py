"""What ``systemctl`` does for the deployment guide, where no systemd runs: reads the unit files and
starts what they say, as the account and with the environment that they name.

The guide's test puts this on the path. ``WALK`` is the folder that stands for ``/``; a unit's
process numbers and output are kept in ``WALK/run``.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(os.environ["WALK"])
RUN = ROOT / "run"


def unit(name: str) -> dict[str, list[str]]:
    """The lines of a unit file: name → values, as often as it stands there."""
    text = (ROOT / "etc/systemd/system" / name).read_text().replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith(("#", ";")):
            found.setdefault(key.strip(), []).append(value.strip())
    return found


def start(name: str) -> None:
    if name.endswith((".socket", ".timer")) or alive(name):
        unit(name)
        return
    told = unit(name)
    account = pwd.getpwnam(told["User"][0])
    environment = {"PATH": "/usr/bin:/bin", "HOME": account.pw_dir, "USER": account.pw_name}
    environment |= dict(value.split("=", 1) for value in told.get("Environment", []))
    descriptor = None
    if "Requires" in told:
        host, port = unit(told["Requires"][0])["ListenStream"][0].rsplit(":", 1)
        listener = socket.create_server((host, int(port)), backlog=128)
        descriptor = listener.detach()
        environment["LISTEN_FDS"] = "1"

    def become() -> None:
        os.setsid()
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        os.umask(int(told["UMask"][0], 8))
        if descriptor is not None:
            os.dup2(descriptor, 3)
            os.set_inheritable(3, True)

    command = shlex.split(told["ExecStart"][0])
    if descriptor is not None:
        # systemd says which process the port is for
        command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]
    with (RUN / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=told["WorkingDirectory"][0],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=become,
            close_fds=False,
        )
    if told["Type"] == ["oneshot"]:
        sys.exit(process.wait())
    (RUN / f"{name}.pid").write_text(str(process.pid))


def alive(name: str) -> int | None:
    try:
        number = int((RUN / f"{name}.pid").read_text())
        os.kill(number, 0)
    except (OSError, ValueError):
        return None
    return number


def stop(name: str) -> None:
    number = alive(name)
    if number is None:
        return
    os.killpg(number, signal.SIGTERM)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(number, os.WNOHANG)
        try:
            # A child of a shell that has ended is nobody's to collect here
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            break
        if state == "Z":
            break
        time.sleep(0.1)
    else:
        os.killpg(number, signal.SIGKILL)
    (RUN / f"{name}.pid").unlink(missing_ok=True)


def main() -> None:
    verb, *names = [word for word in sys.argv[1:] if not word.startswith("-")]
    services = sorted(names, key=lambda name: name.endswith(".socket"), reverse=True)
    for name in services:
        if verb in {"stop", "restart"}:
            stop(name)
    for name in services:
        if verb in {"start", "enable", "restart"}:
            start(name)


if __name__ == "__main__":
    main()
