"""localstripe, a stateful Stripe, on this machine: prints the port once it listens.

Its own command listens everywhere, where this listens on loopback alone and keeps nothing on disk. Its script for
pages declares a global `Element`, in place of the browser's; here it is a function's own.
"""

import socket

from aiohttp import web
from localstripe import resources, server


@web.middleware
async def enclosed(request, handler):
    answer = await handler(request)
    if request.path.rstrip("/").endswith("js.stripe.com/v3"):
        answer.text = "(() => {\n" + answer.text + "\n})();"
    return answer


resources.Store.dump_to_disk = lambda self: None
server.app.middlewares.append(enclosed)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
web.run_app(server.app, sock=listening, print=None, access_log=None)
