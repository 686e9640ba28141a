"""A mail server on this machine: writes each letter into a folder, as JSON.

    smtp_server.py PORT FOLDER     port 0 takes a free one; prints the port once it listens
"""

import email
import email.policy
import json
import os
import sys
import uuid
import asyncio

from aiosmtpd.smtp import SMTP


class Folder:
    def __init__(self, path):
        self.path = path

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = lambda kind: (part := mail.get_body((kind,))) and part.get_content()
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": mail["subject"],
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "text": body("plain"),
            "html": body("html"),
        }
        name = os.path.join(self.path, uuid.uuid4().hex)
        with open(name + ".part", "w") as file:
            json.dump(letter, file)
        os.rename(name + ".part", name + ".json")
        return "250 taken"


async def main(port, folder):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Folder(folder), hostname="localhost"), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
