#!/usr/bin/env python3
"""Search over 8,807 titles: Reel's index, in WebAssembly as the function runs it, beside MiniSearch and Orama on Node;
and Reel's whole way over HTTP.

Prints the share of queries whose title is among the first three, the time to index, and the time of a query; each
engine is asked the same, in turns. Needs Node and npm; script/build has to have built Reel for the HTTP part.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import catalogue
import queries

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WARM = 200
KINDS = ("whole", "typo", "prefix_4", "rarest_4")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments.add_argument("--every", type=int, default=14, help="query every so many titles")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--no-peers", action="store_true", help="Reel alone")
    arguments.add_argument("--no-http", action="store_true", help="without the platform")
    options = arguments.parse_args()
    source, titles = catalogue.titles()
    if source != "real":
        print(f"there is no table of real titles at {catalogue.TABLE}: {len(titles)} made-up ones take their place", file=sys.stderr)
    asked = queries.sets(titles, options.every)
    result = {"bench": "search", "catalogue": source, "titles": len(titles), "queries": {kind: len(asked[kind]) for kind in KINDS}}
    result["engines"] = engines(titles, asked, options)
    if not options.no_http:
        result["http"] = over_http(titles, asked)
    print(json.dumps(result)) if options.json else table(result)


def engines(titles, asked, options):
    commands = {"reel": reel()}
    if not options.no_peers:
        commands |= {name: ["node", str(HERE / "peer.mjs"), name] for name in peers()}
    flat = [query for kind in KINDS for query in asked[kind]]
    given = json.dumps({"titles": titles, "queries": [text for text, _ in flat], "warm": WARM})
    runs = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            runs[name].append(json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout))
    measured = {name: measure(of, asked, flat) for name, of in runs.items()}
    for row in measured.values():
        for figure in ("index_ms", "p50_us", "p99_us"):
            row[f"{figure}_to_reel"] = row[figure] / measured["reel"][figure]
    return measured


def measure(runs, asked, flat):
    """Shares by kind; a query's time is the least of the rounds: what else the machine did is no part of it."""
    answers, shares, at = runs[0]["answers"], {}, 0
    for kind in KINDS:
        judged = [right(answer) for (_, right), answer in zip(asked[kind], answers[at : at + len(asked[kind])])]
        shares[kind], at = sum(judged) / len(judged), at + len(judged)
    micros = [min(times) for times in zip(*(run["micros"] for run in runs))]
    index_ms = min(run["index_ms"] for run in runs)
    return {"top_3": shares, "index_ms": index_ms, "p50_us": quantile(micros, 0.5), "p99_us": quantile(micros, 0.99)}


def quantile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def reel():
    """The command that runs the index in WebAssembly."""
    build = ["cargo", "build", "--quiet", "--profile", "component", "--target", "wasm32-wasip2", "-p", "bench-search"]
    subprocess.run(build, cwd=ROOT, check=True)
    wasmtime = subprocess.run([ROOT / "script/wasmtime"], capture_output=True, text=True, check=True).stdout.strip()
    return [wasmtime, "run", str(ROOT / "target/wasm32-wasip2/component/bench-search.wasm")]


def peers():
    """Their names, once the packages that the lock file pins are there."""
    lock, stamp = HERE / "package-lock.json", HERE / "node_modules/.reel-stamp"
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, stdout=sys.stderr, check=True)
        stamp.write_bytes(lock.read_bytes())
    return "minisearch", "orama"


def over_http(titles, asked):
    """Queries with a typo, one after the other over one connection, as a signed-in viewer. Milliseconds."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder), titles) as platform:
        texts = [text for text, _ in asked["typo"]]
        first = platform.search(texts[0])
        for text in texts[:WARM]:
            platform.search(text)
        taken = [platform.search(text) for text in texts]
    return {"first_ms": first, "p50_ms": quantile(taken, 0.5), "p99_ms": quantile(taken, 0.99), "queries": len(taken)}


class Platform:
    """A platform of its own with these titles announced."""

    def __init__(self, folder, titles):
        self.folder, self.titles = folder, titles

    def __enter__(self):
        data = self.folder / "data"
        data.mkdir()
        # One viewer asks more than one may.
        (data / "config.toml").write_text('"rate-limit.requests" = 1000000\n"rate-limit.auth-requests" = 1000\n')
        command = [ROOT / "target/release/reel", "up", "--addr", "127.0.0.1:0", "--data", data, "--no-demo", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        url = json.loads(line)["url"] if line else sys.exit("the platform did not start: run script/build")
        self.announce(data)
        address = urllib.parse.urlsplit(url)
        self.connection = socket.create_connection(("127.0.0.1", address.port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = json.dumps({"email": "bench@example.org", "password": "correct horse battery"})
        self.token = json.loads(self.ask("POST", "/v1/auth/sign-up", body))["access_token"]
        return self

    def announce(self, data):
        table = self.folder / "titles.csv"
        with open(table, "w", newline="", encoding="utf-8") as file:
            rows = catalogue.csv.writer(file)
            rows.writerow(["title", "year", "genres", "cast", "directors", "description"])
            for title in self.titles:
                rows.writerow([title["name"], title["year"], *(", ".join(title[field]) for field in ("genres", "cast", "directors")), title["description"]])
        subprocess.run([ROOT / "target/release/reel", "seed", table, "--json", "--data", data], stdout=subprocess.DEVNULL, check=True)

    def ask(self, method, path, body=""):
        """The body of the answer. http.client takes a large share of a search to read headers: what is measured is Reel."""
        access = "" if body else f"authorization: Bearer {self.token}\r\n"
        head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{access}"
        self.connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.connection.recv(65_536) or sys.exit(f"{path}: the connection was closed")
        head, _, answer = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        while len(answer) < length:
            answer += self.connection.recv(65_536) or sys.exit(f"{path}: the connection was closed")
        return answer if head.split()[1].startswith(b"2") else sys.exit(f"{path}: {head.decode()}\n{answer.decode()}")

    def search(self, text):
        """How long it takes, in milliseconds."""
        path = "/v1/search?" + urllib.parse.urlencode({"q": text})
        begin = time.perf_counter()
        self.ask("GET", path)
        return (time.perf_counter() - begin) * 1e3

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def table(result):
    print(f"{result['titles']} {result['catalogue']} titles; share of queries whose title is among the first three; times to Reel's\n")
    heads = ("whole", "one typo", "4 letters", "4 of rarest", "index ms", "", "p50 us", "", "p99 us", "")
    print(f"{'':12}" + "".join(f"{head:>12}" for head in heads))
    for name, row in result["engines"].items():
        shares = "".join(f"{row['top_3'][kind]:>12.1%}" for kind in KINDS)
        times = "".join(f"{row[of]:>12.0f}{row[of + '_to_reel']:>11.1f}x" for of in ("index_ms", "p50_us", "p99_us"))
        print(f"{name:12}{shares}{times}")
    if "http" in result:
        print("\nReel over HTTP, ms: first {first_ms:.0f}, p50 {p50_ms:.2f}, p99 {p99_ms:.2f} of {queries} queries with a typo".format(**result["http"]))


main()
