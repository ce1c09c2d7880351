"""Serve the gateway over HTTP, in one process or in several workers on one socket.

Composes nothing and decides nothing. Each worker opens its own parts when it starts and closes them when it
ends (ASGI lifespan protocol 2.0).
"""

import asyncio
import gc
import socket
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override
from uvicorn.supervisors import Multiprocess

from gateway.api.front_door import HEADER_BYTES_AT_MOST
from gateway.app import create_app
from gateway.audit.balp_agents import Address
from gateway.audit_feed import AuditFeed, Receiver
from gateway.errors import SharedCareRecordError
from gateway.housekeeping import Housekeeping
from gateway.log_keeping import LogKeeping
from gateway.operator_log import log_everything
from gateway.renewals import Renewals
from gateway.settings import Profile, Settings, share_metrics_in
from gateway.wiring import Services, new_id, now, open_services

T = TypeVar("T")

CONNECTIONS_AT_MOST = 1_000
"""Of one worker: far above what two cores can answer, so that a flood is refused and not queued."""

IDLE_SECONDS = 15
"""A browser's next page mostly comes within it; a source of slow connections does not hold one for long."""

_BACKLOG = 1_024

_ENDING_SECONDS = 1.0
"""What was told to end has no more to wait for than a turn of the event loop."""

_NOT_STARTED = 3
"""uvicorn's exit status of a worker whose application did not start."""

_log = structlog.get_logger("scr.serving")


@dataclass(slots=True)
class Gateway:
    """The application of one worker, from its start to its end."""

    settings: Settings
    begin_logging: Callable[[], None]
    _app: ASGIApp | None = field(default=None, init=False)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or live through the worker's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None and (request := asyncio.current_task()) is not None:
            self._under_way.add(request)
            request.add_done_callback(self._under_way.discard)
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.begin_logging()
        tell_where_the_audit_is_held(self.settings)
        try:
            services = await self._open()
        except (SharedCareRecordError, ValueError) as fault:
            _log.error("not-started", reason=str(fault))
            await send({"type": "lifespan.startup.failed", "message": str(fault)})
            return
        keeping = [asyncio.ensure_future(each) for each in _kept_on(services)]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for each in keeping:
            each.cancel()
        await asyncio.wait({*keeping, *self._under_way}, timeout=_ENDING_SECONDS)
        await services.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> Services:
        services = open_services(self.settings)
        try:
            # Compiled now, so that no request waits for it.
            await services.policies.active()
        except SharedCareRecordError:
            await services.aclose()
            raise
        self._app = create_app(services)
        _look_for_garbage_rarely()
        return services


def tell_where_the_audit_is_held(settings: Settings) -> None:
    """Shout where nobody outside holds what is signed, so that it could be written and signed anew unseen."""
    held = (settings.audit_checkpoint_folder, settings.audit_witness)
    if settings.profile is Profile.PRODUCTION and held == (None, None):
        _log.critical(
            "audit-held-nowhere-else", expected="audit_checkpoint_folder or [audit_witness]"
        )


def _kept_on(services: Services) -> Iterator[Coroutine[Any, Any, None]]:
    """Give what goes on beside the requests for as long as the worker lives."""
    store, metrics = services.store, services.metrics
    yield Housekeeping(store, now, asyncio.sleep).keep_on()
    yield Renewals(store, metrics, now, asyncio.sleep).keep_on()
    yield LogKeeping(services.audit.keeper, metrics, asyncio.sleep).keep_on()
    feed = services.settings.audit_feed
    if feed is not None:
        receiver, address = Receiver(feed.config), Address(services.settings.base_url)
        holder = str(new_id())
        yield AuditFeed(store, receiver, address, metrics, holder, now, asyncio.sleep).keep_on()


def _look_for_garbage_rarely() -> None:
    # Nearly all that a request makes is freed by counting. At Python's usual pace the search for cycles takes
    # a sixth of a long record's time, and most of that in what lives as long as the process: it is set apart.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; connections wait in it until a worker serves. Port 0 takes a free one.

    Raises OSError when the address is taken.
    """
    return socket.create_server((host, port), backlog=_BACKLOG)


def server_config(app: ASGIApp, stop_seconds: int, workers: int = 1) -> uvicorn.Config:
    """Give the server's limits. No access log: an address there would hold an opaque id."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        workers=workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS_AT_MOST,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=stop_seconds,
        h11_max_incomplete_event_size=HEADER_BYTES_AT_MOST,
    )


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something on the event loop that the server runs on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def serve(settings: Settings, listener: socket.socket, workers: int) -> bool:
    """Serve until told to stop by a signal; say whether it ever started."""
    config = server_config(Gateway(settings, log_everything), settings.stop_seconds, workers)
    if workers > 1:
        return _serve_in_workers(config, listener)
    server = _Server(config)
    try:
        server.run(sockets=[listener])
    except SystemExit:
        return False
    return server.started


def _serve_in_workers(config: uvicorn.Config, listener: socket.socket) -> bool:
    supervisor = Multiprocess(config, sockets=[listener])
    with TemporaryDirectory(prefix="scr-metrics-") as folder:
        share_metrics_in(Path(folder))
        supervisor.run()
    return all(worker.exitcode != _NOT_STARTED for worker in supervisor.processes)


class _Server(uvicorn.Server):
    """A server for which being told to stop is a good end, as it is for several workers."""

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take the signals over, and do not raise them again at the end."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()
