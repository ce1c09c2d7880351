"""The demo does what it prints, and leaves nothing behind."""

import json
import shutil
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from tests.cli.running_demo import children_of, demo_in, free_port, is_alive

_CHECKS = 200
"""The demo fills its store within seconds, and within minutes on a busy machine."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with demo_in(tmp_path_factory.mktemp("demo")) as printed:
        yield printed


def test_the_demo_says_loudly_that_its_people_are_invented(demo):
    assert demo.text.startswith("DEMO: invented people")


def test_the_printed_request_works_as_it_is_printed(demo):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")

    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", demo.request], capture_output=True, check=True
    )

    bundle = json.loads(ended.stdout)
    outcomes = [each for each in bundle["entry"] if each["search"]["mode"] == "outcome"]
    assert bundle["type"] == "searchset"
    assert len(outcomes) == 3
    assert bundle["total"] > 100


def test_the_running_demo_passes_its_own_deployment_check(demo, scr):
    # While the planning store is filled its sources are slow, and nobody has said who may be used.
    for _try in range(_CHECKS):
        ended = scr("check", "--config", demo.folder / "scr.toml", "--json")
        found = {each["what"]: each["is_fine"] for each in json.loads(ended.answer)}
        assert ended.code == int(not all(found.values()))
        if ended.code == 0:
            break
        time.sleep(1)

    assert {"keys", "database", "policy", "source hospital", "opt-out list"} <= found.keys()
    assert [name for name, is_fine in found.items() if not is_fine] == []


def test_the_policy_of_the_running_demo_can_be_looked_at(demo, scr):
    ended = scr("policy", "show", "--active", "--config", demo.folder / "scr.toml")

    assert ended.answer.startswith("active policy, version ")


def test_a_second_gateway_serves_the_demo_from_its_settings_file(demo, tmp_path):
    port = free_port()
    text = (demo.folder / "scr.toml").read_text()
    settings = tmp_path / "scr.toml"
    settings.write_text(text.replace(demo.address("Pages"), f"http://127.0.0.1:{port}"))
    words = ["serve", "--config", str(settings), "--port", str(port), "--workers", "2"]
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", *words])

    try:
        assert answer_of(f"http://127.0.0.1:{port}/health/ready", process) == b'{"status":"ready"}'
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_no_file_of_the_demo_can_be_read_by_others_where_it_holds_a_secret(demo):
    for name in ("keys.json", "password", "demo.db"):
        assert (demo.folder / name).stat().st_mode & 0o077 == 0, name


def test_the_demo_leaves_no_process_behind_and_starts_again_in_the_same_folder(tmp_path):
    with demo_in(tmp_path) as first:
        keys = (tmp_path / "keys.json").read_bytes()
        children = children_of(first.process.pid)

        assert first.interrupt() == 0
        assert children
        assert not any(map(is_alive, children))

    with demo_in(tmp_path) as second:
        assert (second.password, (tmp_path / "keys.json").read_bytes()) == (first.password, keys)
        children = children_of(second.process.pid)
        second.process.kill()

        assert all(map(ends_soon, children))


def test_the_check_does_every_job_and_sees_an_honest_partial_record(scr):
    ended = scr("demo", "--check", "--patients", "40", "--json")

    done = json.loads(ended.answer)
    [partial] = [each["saw"] for each in done if "hangs" in each["job"]]
    assert ended.code == 0, done
    assert {each["reader"] for each in done} >= {"clinician", "administrator", "planner"}
    assert "gp data" in partial
    assert "ambulance timed-out" in partial


def answer_of(address, process):
    for _attempt in range(50):
        try:
            with urlopen(address, timeout=5) as answer:
                return answer.read()
        except OSError:
            assert process.poll() is None, "the gateway ended"
            time.sleep(0.2)
    raise AssertionError("the gateway never answered")


def ends_soon(process_id):
    for _attempt in range(50):
        if not is_alive(process_id):
            return True
        time.sleep(0.1)
    return False
