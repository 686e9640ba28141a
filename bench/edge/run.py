#!/usr/bin/env python3
"""Segments from a cache: Reel's ISP edge, which checks each token, beside nginx, which checks none.

Prints requests per second of both, in turns, and their ratio. Needs nginx and wrk.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=4)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, platform(Path(folder)) as ready:
        isp = next(edge["url"] for edge in ready["edges"] if edge["tier"] == "isp")
        with nginx(Path(folder) / "nginx", ready["url"]) as peer:
            rows = [compare(size, path, isp, peer, options) for size, path in segments(ready)]
    if options.json:
        print(json.dumps({"bench": "edge", "rows": rows}))
        return
    for row in rows:
        print(f"{row['bytes']:>9} B   reel {row['reel']:>8.0f}/s   nginx {row['nginx']:>8.0f}/s   ratio {row['ratio']:.2f}")


def compare(size, path, isp, peer, options):
    """Both caches serve the same segment, one after the other, round by round."""
    for base in (isp, peer):
        for _ in range(2):
            with urllib.request.urlopen(base + path) as answer:
                if len(answer.read()) != size:
                    sys.exit(f"{base} served something else")
    reel, other = [], []
    for _ in range(options.rounds):
        reel.append(wrk(isp + path, options.seconds))
        other.append(wrk(peer + path, options.seconds))
    ratio = statistics.median(r / o for r, o in zip(reel, other))
    return {"bytes": size, "reel": statistics.median(reel), "nginx": statistics.median(other), "ratio": ratio}


def wrk(url, seconds):
    said = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{url} failed under load:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def segments(ready):
    """(bytes, path) of the second segment of the smallest and of the largest rendition."""
    token = ask(ready["url"] + "/v1/auth/sign-in", {key: ready["demo"][key] for key in ("email", "password")})["access_token"]
    title = ask(ready["url"] + "/v1/titles", token=token)["titles"][0]["slug"]
    play = ask(ready["url"] + "/playback?contentId=" + title, token=token)
    with urllib.request.urlopen(ready["url"] + "/" + play["dash_url"]) as answer:
        manifest = answer.read().decode()
    revision = "/".join(play["dash_url"].split("/")[2:4])
    base = next(way["base_url"] for way in play["pathways"] if way["id"].startswith("isp"))
    found = []
    for rendition in re.findall(r'<Representation[^>]* id="([^"]+p)"', manifest):
        url = f"{base}{revision}/{rendition}/2.m4s"
        with urllib.request.urlopen(url) as answer:
            found.append((len(answer.read()), "/t/" + url.split("/t/", 1)[1]))
    found.sort()
    return [found[0], found[-1]]


def ask(url, body=None, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class platform:
    """A platform of its own with the demo film."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        film = subprocess.run([ROOT / "script/demo-film"], capture_output=True, text=True, check=True).stdout.strip()
        command = [ROOT / "target/release/reel", "up", "--addr", "127.0.0.1:0", "--data", self.folder / "data", "--demo", ROOT / film, "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        return json.loads(line) if line else sys.exit("the platform did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


class nginx:
    """nginx with nginx.conf beside this file, in front of an origin."""

    def __init__(self, folder, origin):
        self.folder, self.origin = folder, origin

    def __enter__(self):
        self.folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        text = (HERE / "nginx.conf").read_text()
        origin = self.origin.replace("localhost", "127.0.0.1")
        for name, value in {"FOLDER": self.folder, "PORT": port, "ORIGIN": origin}.items():
            text = text.replace(f"@{name}@", str(value))
        conf = self.folder / "nginx.conf"
        conf.write_text(("user root;\n" if os.getuid() == 0 else "") + text)
        self.process = subprocess.Popen(["nginx", "-c", conf, "-e", self.folder / "error.log"])
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return f"http://127.0.0.1:{port}"
            time.sleep(0.05)
        sys.exit("nginx did not start: " + (self.folder / "error.log").read_text())

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


if __name__ == "__main__":
    main()
