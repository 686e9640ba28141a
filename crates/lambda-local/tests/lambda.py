#!/usr/bin/env python3
"""A small Lambda that does what its payload asks for, through the Lambda Runtime API."""

import json
import os
import signal
import socket
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def call(path, body=None):
    with urllib.request.urlopen(urllib.request.Request(f"{API}/{path}", data=body)) as answer:
        return answer.headers, answer.read()


def fail(path, kind, message):
    call(path, json.dumps({"errorType": kind, "errorMessage": message}).encode())


def meet(address):
    """Says hello and waits until the other side lets it go."""
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.recv(1)
    return connection


def answer(headers, payload):
    return {
        "payload": payload,
        "process": os.getpid(),
        "function": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        "said": os.environ.get("SAID"),
        "environment": sorted(os.environ),
        "arn": headers["lambda-runtime-invoked-function-arn"],
        "deadline": int(headers["lambda-runtime-deadline-ms"]),
    }


def work(invocation, headers, payload):
    wanted = payload.get("do")
    if wanted == "fail":
        return fail(f"{invocation}/error", "Reel.Invalid", "it was asked to fail")
    if wanted == "die":
        os._exit(3)
    if wanted == "hang":
        held = meet(payload["at"])
        signal.pause()
    if wanted == "meet":
        meet(payload["at"])
    body = b"?" if wanted == "babble" else json.dumps(answer(headers, payload)).encode()
    if wanted == "boast":
        body = json.dumps("x" * payload["bytes"]).encode()
    call(f"{invocation}/response", body)
    if wanted == "answer-and-die":
        os._exit(3)


def main():
    if os.environ.get("INIT") == "fail":
        fail("init/error", "Reel.Misconfigured", "it cannot begin")
        return
    if os.environ.get("INIT") == "die":
        return
    while True:
        headers, payload = call("invocation/next")
        invocation = f"invocation/{headers['lambda-runtime-aws-request-id']}"
        try:
            work(invocation, headers, json.loads(payload))
        except OSError:
            # An answer that is too large is not taken to its end.
            continue


main()
