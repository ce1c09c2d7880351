"""Start `scr demo` as a process of its own and read what it prints."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Printed:
    """What a running demo said, and how to end it."""

    text: str
    folder: Path
    process: subprocess.Popen[str]

    @property
    def request(self) -> str:
        """Give the request to paste."""
        return self.text[self.text.index("TOKEN=") : self.text.index("Ctrl-C")]

    @property
    def password(self) -> str:
        return re.search(r"the password (\S+)", self.text).group(1)

    def address(self, name: str) -> str:
        return re.search(rf"{name} +(http://\S+)", self.text).group(1).rstrip("/")

    def interrupt(self) -> int:
        """Press Ctrl-C and wait for the end."""
        self.process.send_signal(signal.SIGINT)
        self.process.stdout.read()
        return self.process.wait(timeout=10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@contextmanager
def demo_in(folder: Path, *, patients: int = 40) -> Iterator[Printed]:
    """Run the demo in a folder until the block ends."""
    words = ["demo", "--port", str(free_port()), "--dir", str(folder), "--patients", str(patients)]
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", *words], stdout=subprocess.PIPE, text=True
    )
    try:
        yield Printed(_until_the_end_of_the_welcome(process), folder, process)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{process_id}/status").read_text()


def children_of(process_id: int) -> list[int]:
    return [int(each) for each in _children_file(process_id).read_text().split()]


def _children_file(process_id: int) -> Path:
    return Path(f"/proc/{process_id}/task/{process_id}/children")


def _until_the_end_of_the_welcome(process: subprocess.Popen[str]) -> str:
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            break
    return "".join(lines)
