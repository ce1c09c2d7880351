"""Run other people's programs as processes of their own: Node scripts beside their packages, Python scripts.

A script gets its task as JSON on standard input and answers with JSON on standard output.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
_BINARIES = Path(sysconfig.get_path("scripts"))
NODE = str(_BINARIES / "node")
_NPM = [
    *(str(_BINARIES / "npm"), "install", "--no-package-lock", "--ignore-scripts", "--no-audit"),
    # What client-js can do without is a mobile phone's whole toolkit: 400 MB.
    *("--omit=optional", "--omit=peer"),
]


def installed_packages() -> Path:
    """Give the folder with package.json's packages in it, installed there unless these very versions are.

    Scripts of packages are not run. Skips the test where they cannot be fetched.
    """
    wanted, installed = HERE / "package.json", HERE / "node_modules" / ".installed.json"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        fetched = subprocess.run([*_NPM, "--no-fund"], cwd=HERE, capture_output=True, check=False)
        if fetched.returncode:
            pytest.skip("The packages of tests/clients/package.json could not be installed.")
        shutil.copy(wanted, installed)
    return HERE


async def run_node(script: str, task: Mapping[str, Any]) -> Any:
    """Run a Node script of this folder on a task; its answer."""
    return await _run([NODE, str(HERE / script)], task)


async def run_python(script: str, task: Mapping[str, Any]) -> Any:
    """Run a Python script of this folder on a task, in an interpreter of its own; its answer."""
    return await _run([sys.executable, str(HERE / script)], task)


async def run_with(interpreter: str, script: str, task: Mapping[str, Any]) -> Any:
    """Run a Python script of this folder on a task, in an environment of its own; its answer."""
    return await _run([interpreter, str(HERE / script)], task)


async def _run(command: list[str], task: Mapping[str, Any]) -> Any:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    told, complaint = await process.communicate(json.dumps(task).encode())
    assert process.returncode == 0, complaint.decode()[-2000:]
    return json.loads(told)


@asynccontextmanager
async def serving_node(script: str, task: Mapping[str, Any]) -> AsyncIterator[Any]:
    """Run a Node script of this folder as a server until the block ends; what it said when it was ready."""
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        NODE, str(HERE / script), stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stderr is not None
    try:
        server.stdin.write(json.dumps(task).encode() + b"\n")
        told = await server.stdout.readline()
        assert told, (await server.stderr.read()).decode()[-2000:]
        yield json.loads(told)
    finally:
        server.stdin.close()
        await server.communicate()
