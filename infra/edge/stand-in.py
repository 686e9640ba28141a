"""Stands in for an edge in `check`: answers 206 to a range and 200 to all else, and says its port in a file."""

import http.server
import pathlib
import sys


class Edge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(206 if self.headers["range"] else 200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Edge)
pathlib.Path(sys.argv[1]).write_text(str(server.server_port))
server.serve_forever()
