"""The Lambda Runtime API, which a function's process asks for work. One server per process."""

import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

PREFIX = "/2018-06-01/runtime/"


class ProcessEnded(Exception):
    """The process is gone; holds its exit status, negative for a signal."""


@dataclass
class Outcome:
    """What a function answered."""

    payload: bytes
    failed: bool


@dataclass
class Invocation:
    """One event on its way to the process and back."""

    request_id: str
    function_arn: str
    trace_id: str
    payload: bytes
    deadline: float
    outcome: Future = field(default_factory=Future)


class RuntimeApi(ThreadingHTTPServer):
    """Hands invocations to the process and takes its answers."""

    daemon_threads = True
    # A process that is gone leaves connections behind; nobody waits for those.
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.started: Future = Future()
        self._waiting: SimpleQueue = SimpleQueue()
        self._lock = threading.Lock()
        self._current: Invocation | None = None
        self._ended: ProcessEnded | None = None
        threading.Thread(target=self.serve_forever, daemon=True, name="runtime-api").start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def invoke(self, invocation: Invocation) -> None:
        """Gives the process its next event; its answer becomes the outcome. One at a time."""
        with self._lock:
            self._current = invocation
            if self._ended:
                return invocation.outcome.set_exception(self._ended)
        self._waiting.put(invocation)

    def next(self) -> Invocation | None:
        """Waits for work; none when the server closes. To ask for it is to have started."""
        _settle(self.started, None)
        return self._waiting.get()

    def answer(self, request_id: str, outcome: Outcome) -> bool:
        """Whether that was the invocation in hand."""
        with self._lock:
            current = self._current
            if current is None or current.request_id != request_id:
                return False
            _settle(current.outcome, outcome)
            return True

    def process_ended(self, status: int) -> None:
        """Nobody will answer any more."""
        with self._lock:
            self._ended = ProcessEnded(status)
            _fail(self.started, self._ended)
            if self._current:
                _fail(self._current.outcome, self._ended)

    def close(self) -> None:
        self._waiting.put(None)
        self.shutdown()
        self.server_close()


def _settle(future: Future, result) -> None:
    """The first result counts: a process asks for work often, and may answer twice."""
    with suppress(InvalidStateError):
        future.set_result(result)


def _fail(future: Future, error: Exception) -> None:
    with suppress(InvalidStateError):
        future.set_exception(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes; the second must not wait for the first's acknowledgement.
    disable_nagle_algorithm = True
    server: RuntimeApi

    def log_message(self, *args) -> None:
        pass

    def do_GET(self) -> None:
        if self.path != f"{PREFIX}invocation/next":
            return self._reply(404, b"")
        invocation = self.server.next()
        if invocation is None:
            self.close_connection = True
            return
        self._reply(
            200,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def do_POST(self) -> None:
        body = self._body()
        if self.path == f"{PREFIX}init/error":
            _settle(self.server.started, body)
            return self._reply(202, b"")
        request_id, _, kind = self.path.removeprefix(f"{PREFIX}invocation/").rpartition("/")
        known = kind in ("response", "error") and self.server.answer(request_id, Outcome(body, kind == "error"))
        self._reply(202 if known else 400, b"")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self):
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        # What follows the last chunk ends with an empty line.
        while self.rfile.readline().strip():
            pass

    def _reply(self, status: int, body: bytes, headers: dict | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
