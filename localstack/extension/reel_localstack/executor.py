"""Runs a Lambda on `provided.*` as a process of this machine: its `bootstrap`, as Lambda would start it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from pathlib import Path

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from reel_localstack.runtime_api import Invocation, Outcome, ProcessEnded, RuntimeApi

# What Lambda gives a function to ask for its first event.
START_SECONDS = 10
# How much of a log travels in an error.
TAIL = 2_000


class DidNotStart(Exception):
    """The process refused, or asked for no event; says which."""


class EndedAtStart(DidNotStart):
    """The process ended before it asked for an event."""


class ProcessExecutor(RuntimeExecutor):
    """One execution environment: a process, and the Runtime API that it asks for work."""

    def __init__(self, id: str, function_version: FunctionVersion):
        super().__init__(id=id, function_version=function_version)
        self._folder = Path(tempfile.mkdtemp(prefix="lambda-"))
        self._log = self._folder / "log"
        self._log.touch()
        self._environment: dict[str, str] = {}
        self._process: subprocess.Popen | None = None
        self._api: RuntimeApi | None = None
        self._waiter: threading.Thread | None = None

    def start(self, env_vars: dict) -> None:
        self._environment = {name: str(value) for name, value in env_vars.items()}
        # As on Lambda, the first event starts it again.
        with suppress(EndedAtStart):
            self._spawn()

    def stop(self) -> None:
        self._kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        seconds = self.function_version.config.timeout
        invocation = Invocation(
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
            trace_id=payload.get("trace-id", ""),
            payload=payload["payload"].encode(),
            deadline=time.time() + seconds,
        )
        logged, began = len(self.get_logs()), time.monotonic()
        outcome = self._run(invocation, seconds)
        logs = self._report(invocation.request_id, logged, time.monotonic() - began)
        return InvocationResult(invocation.request_id, outcome.payload, is_error=outcome.failed, logs=logs)

    def _run(self, invocation: Invocation, seconds: float) -> Outcome:
        prefix = f"RequestId: {invocation.request_id} Error:"
        try:
            self._revive()
            self._api.invoke(invocation)
            return invocation.outcome.result(timeout=seconds)
        except ProcessEnded as ended:
            return _error("Runtime.ExitError", f"{prefix} Runtime exited with error: exit status {ended}")
        except TookTooLong:
            self._kill()
            return _error("Sandbox.Timedout", f"{prefix} Task timed out after {seconds}.00 seconds")
        except EndedAtStart as error:
            return _error("Runtime.ExitError", f"{prefix} {error}")
        except DidNotStart as error:
            return _error("Runtime.InitError", f"{prefix} {error}")

    def _revive(self) -> None:
        """After a crash or a time-out the same environment gets a new process."""
        if self._process is None or self._process.poll() is not None:
            self._kill()
            self._spawn()

    def _spawn(self) -> None:
        code = self.function_version.config.code.get_unzipped_code_location()
        bootstrap = code / "bootstrap"
        bootstrap.chmod(0o755)
        self._api = RuntimeApi()
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self._folder),
            **self._environment,
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "LAMBDA_TASK_ROOT": str(code),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [bootstrap], cwd=code, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self._waiter = threading.Thread(target=_wait, args=(self._process, self._api), daemon=True, name="lambda-exit")
        self._waiter.start()
        self._await_start()

    def _await_start(self) -> None:
        kind = DidNotStart
        try:
            refusal = self._api.started.result(timeout=START_SECONDS)
        except ProcessEnded as ended:
            kind, refusal = EndedAtStart, f"it ended with status {ended}".encode()
        except TookTooLong:
            refusal = f"it asked for no event within {START_SECONDS} s".encode()
        if refusal is not None:
            self._kill()
            raise kind(f"bootstrap did not start: {refusal.decode()}: {self.get_logs()[-TAIL:]}")

    def _kill(self) -> None:
        """Ends the process and all that it started."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._waiter.join()
        if self._api:
            self._api.close()
        self._process = self._api = None

    def _report(self, request_id: str, start: int, seconds: float) -> str:
        said = self.get_logs()[start:]
        duration = f"Duration: {seconds * 1000:.2f} ms"
        return (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n{said}"
            f"END RequestId: {request_id}\nREPORT RequestId: {request_id}\t{duration}\n"
        )

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self) -> str:
        try:
            return self._log.read_text(errors="replace")
        except OSError:
            return ""

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass


def _error(kind: str, message: str) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)


def _wait(process: subprocess.Popen, api: RuntimeApi) -> None:
    api.process_ended(process.wait())
