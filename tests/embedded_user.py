"""A Weft process in miniature, run as a script: uses the embedded MongoDB of a data directory until its input ends.

Prints one line of JSON: where the server is, or why it is not."""

import asyncio
import json
import signal
import sys

from weft.errors import WeftError
from weft.storage.embedded import EmbeddedMongo


async def main(data_dir: str) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    try:
        async with EmbeddedMongo(data_dir) as server:
            say({"uri": server.uri, "mongod": server.mongod.process.pid})
            await ended.wait()
    except WeftError as error:
        say({"code": error.code, "message": error.message})


def say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in the background deaf to it
try:
    asyncio.run(main(sys.argv[1]))
except KeyboardInterrupt:
    sys.exit(130)
