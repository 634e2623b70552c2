"""Runs the cases of a fuzzing server with websockets. usage: client.py ADDRESS AGENT"""

import asyncio
import sys
from urllib.parse import quote

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

url, agent = sys.argv[1], quote(sys.argv[2])


async def run(case):
    try:
        async with connect(f"{url}/runCase?case={case}&agent={agent}", max_size=None) as ws:
            async for message in ws:
                await ws.send(message)
    except WebSocketException:
        pass


async def main():
    async with connect(f"{url}/getCaseCount") as ws:
        count = int(await ws.recv())
    for case in range(1, count + 1):
        await run(case)
    async with connect(f"{url}/updateReports?agent={agent}") as ws:
        await ws.wait_closed()


asyncio.run(main())
