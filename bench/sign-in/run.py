"""Signing in with a password, beside Argon2's reference implementation, and what it does to playback.

Every sign-in verifies an Argon2id hash of 19 MiB and two passes, in the component `auth`; the peer (argon2-cffi) verifies
such hashes natively on as many threads as there are processors, and does nothing else. Playback is asked for at a constant
rate, once alone and once while viewers sign in as fast as they are let.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import argon2

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "correct horse battery staple"
VIEWERS = 32
# How many plays are asked for a second, from so many connections.
PLAYS_A_SECOND = 40
PLAYERS = 8


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder, Platform(Path(folder)) as platform:
        rounds = [measure(platform, options.seconds) for _ in range(options.rounds)]
    median = {name: statistics.median(of[name] for of in rounds) for name in rounds[0]}
    median["sign_ins_ratio"] = median["sign_ins_a_second"] / median["peer_verifications_a_second"]
    if options.json:
        print(json.dumps({"bench": "sign-in", **median}))
        return
    for name, value in median.items():
        print(f"{name:<36} {value:>9.2f}")


def measure(platform, seconds):
    """One round: the peer, each kind of request alone, and both at once."""
    peer = verifications(seconds)
    plays = platform.play(seconds)
    signed = platform.sign_in(seconds)
    together = {}
    storm = threading.Thread(target=lambda: together.update(signed=platform.sign_in(seconds)))
    storm.start()
    beside = platform.play(seconds)
    storm.join()
    return {
        "peer_verifications_a_second": peer,
        "sign_ins_a_second": len(signed) / seconds,
        "sign_in_p50_ms": percentile(signed, 50),
        "sign_in_p99_ms": percentile(signed, 99),
        "playback_p50_ms": percentile(plays, 50),
        "playback_p99_ms": percentile(plays, 99),
        "playback_p50_ms_while_signing_in": percentile(beside, 50),
        "playback_p99_ms_while_signing_in": percentile(beside, 99),
        "sign_ins_a_second_beside_playback": len(together["signed"]) / seconds,
    }


def verifications(seconds):
    """How many hashes the reference implementation verifies a second."""
    hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    digest = hasher.hash(PASSWORD)
    return len(repeat(os.cpu_count(), seconds, lambda: hasher.verify, lambda verify: verify(digest, PASSWORD))) / seconds


def repeat(workers, seconds, prepare, act):
    """What each act took, in milliseconds, of workers that act again and again. Argon2 and sockets leave the lock."""
    took, end = [], time.perf_counter() + seconds

    def work():
        with_this = prepare()
        while (begun := time.perf_counter()) < end:
            act(with_this)
            took.append((time.perf_counter() - begun) * 1_000)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def percentile(took, of):
    return statistics.quantiles(took, n=100, method="inclusive")[of - 1]


class Platform:
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        (self.folder / "data").mkdir()
        (self.folder / "data/config.toml").write_text("[rate-limit]\nrequests = 1000000000\nauth-requests = 1000000000\n")
        film = self.folder / "film.mp4"
        made = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24", "-t", "8", "-pix_fmt", "yuv420p", str(film)]
        subprocess.run(["ffmpeg", "-v", "error", *made], check=True)
        up = ["up", "--addr", "127.0.0.1:0", "--data", str(self.folder / "data"), "--demo", str(film), "--json"]
        self.process = subprocess.Popen(
            [ROOT / "target/release/reel", *up], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the platform did not start: run script/build")
        ready = json.loads(line)
        self.authority = urlsplit(ready["url"]).netloc
        self.emails = [f"viewer-{n}@example.org" for n in range(VIEWERS)]
        tokens = [self.ask("POST", "/v1/auth/sign-up", {"email": e, "password": PASSWORD}) for e in self.emails]
        self.token = tokens[0]["access_token"]
        titles = self.ask("GET", "/v1/titles")
        self.film = next(title["slug"] for title in titles["titles"])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def sign_in(self, seconds):
        """What sign-ins took, each viewer again and again."""
        waiting = iter(self.emails)
        bodies = lambda: (self.connection(), {"email": next(waiting), "password": PASSWORD})
        return repeat(VIEWERS, seconds, bodies, lambda of: self.ask("POST", "/v1/auth/sign-in", of[1], on=of[0]))

    def play(self, seconds):
        """What plays took from when they were due, so that one that waits is not left out."""
        begun, took = time.perf_counter(), []

        def player(number):
            connection = self.connection()
            for n in range(number, PLAYS_A_SECOND * seconds, PLAYERS):
                due = begun + n / PLAYS_A_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                self.ask("GET", f"/playback?contentId={self.film}&device=browser", on=connection)
                took.append((time.perf_counter() - due) * 1_000)

        players = [threading.Thread(target=player, args=(number,)) for number in range(PLAYERS)]
        for thread in players:
            thread.start()
        for thread in players:
            thread.join()
        return took

    def connection(self):
        return HTTPConnection(self.authority)

    def ask(self, method, path, body=None, on=None):
        headers = {"authorization": f"Bearer {self.token}"} if method == "GET" else {"content-type": "application/json"}
        connection = on or self.connection()
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text)


main()
