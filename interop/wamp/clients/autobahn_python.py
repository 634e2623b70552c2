"""Runs sessions of AutobahnPython for the table of features: `autobahn-python.mjs` sends requests as lines of JSON, and reads answers and events."""

import asyncio
import base64
import json
import sys
from urllib.parse import urlsplit

import txaio

txaio.use_asyncio()

from autobahn.asyncio.rawsocket import WampRawSocketClientFactory
from autobahn.asyncio.wamp import ApplicationSession
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp.auth import create_authenticator
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer
from autobahn.wamp.types import CallOptions, CallResult, ComponentConfig, PublishOptions, RegisterOptions, SubscribeOptions

serializers = {"json": JsonSerializer, "msgpack": MsgPackSerializer, "cbor": CBORSerializer}


class Session(ApplicationSession):
    """A session whose joining and leaving can be awaited."""

    def __init__(self, realm, auth):
        super().__init__(ComponentConfig(realm))
        self.joined = asyncio.get_running_loop().create_future()
        self.left = asyncio.get_running_loop().create_future()
        self.authenticator = auth and authenticator_of(auth)

    def onConnect(self):
        if self.authenticator is None:
            return self.join(self.config.realm)
        named = self.authenticator
        self.join(self.config.realm, authmethods=[named.name], authid=named._args.get("authid"), authextra=named.authextra)

    def onChallenge(self, challenge):
        return self.authenticator.on_challenge(self, challenge)

    def onWelcome(self, welcome):
        if self.authenticator is not None:
            return self.authenticator.on_welcome(self, welcome.authextra)

    def onJoin(self, details):
        self.joined.set_result(details.session)

    def onLeave(self, details):
        if not self.joined.done():
            self.joined.set_exception(ApplicationError(details.reason, details.message))
        if not self.left.done():
            self.left.set_result(details.reason)
        self.disconnect()

    def onDisconnect(self):
        if not self.joined.done():
            self.joined.set_exception(ApplicationError("the connection was lost"))


def authenticator_of(auth):
    keys = {"ticket": "ticket", "wampcra": "secret", "cryptosign": "privkey", "scram": "password"}
    method = auth["method"]
    given = {"authid": auth["authid"], keys[method]: auth["secret"]}
    if method == "scram":
        given.update(kdf="pbkdf2", nonce="")
    return create_authenticator(method, **given)


class Requests:
    """Does what is asked for, and tells what happens."""

    def __init__(self):
        self.objects = {}
        self.answers = {}

    async def open(self, number, url, way, realm, auth):
        transport, serializer = way.split(" ")
        session = Session(realm, auth)
        where = urlsplit(url)
        if transport == "ws":
            factory = WampWebSocketClientFactory(lambda: session, url=url, serializers=[serializers[serializer]()])
        else:
            factory = WampRawSocketClientFactory(lambda: session, serializer=serializers[serializer]())
        await asyncio.get_running_loop().create_connection(factory, where.hostname, where.port)
        self.objects[number] = session
        return await session.joined

    async def subscribe(self, number, session, topic, options):
        def on_event(*args, details, **kwargs):
            tell(event=number, args=args, kwargs=kwargs, details={"topic": details.topic})

        subscription = await self.objects[session].subscribe(on_event, topic, SubscribeOptions(details=True, **options))
        self.objects[number] = subscription

    async def publish(self, number, session, topic, args, kwargs, options):
        done = self.objects[session].publish(topic, *args, options=PublishOptions(**options), **kwargs)
        return (await done).id if done is not None else None

    async def register(self, number, session, uri, options):
        async def handler(*args, details, **kwargs):
            call = object_id()
            self.answers[call] = asyncio.get_running_loop().create_future()
            progress[call] = details.progress
            told = {"caller": details.caller, "procedure": details.procedure}
            tell(invocation=number, call=call, args=args, kwargs=kwargs, details=told, progress=details.progress is not None)
            try:
                return await self.answers[call]
            except asyncio.CancelledError:
                tell(interrupted=call)
                raise

        self.objects[number] = await self.objects[session].register(handler, uri, RegisterOptions(details=True, **options))

    async def call(self, number, session, uri, args, kwargs, options, progressive):
        # with details, a progressive result without keywords ends its connection
        if progressive:
            options["on_progress"] = lambda *args, **kwargs: tell(progress=number, args=args, kwargs=kwargs)
        else:
            options["details"] = True
        running = self.objects[session].call(uri, *args, options=CallOptions(**options), **kwargs)
        self.objects[number] = running
        try:
            result = await running
        except asyncio.CancelledError:
            raise ApplicationError("wamp.error.canceled")
        if not isinstance(result, CallResult):
            return {"args": [] if result is None else [result], "kwargs": {}}
        return {"args": result.results or [], "kwargs": result.kwresults or {}}

    async def cancel(self, number, call):
        self.objects[call].cancel()

    async def answer(self, number, call, args=None, kwargs=None, error=None):
        waiting = self.answers.pop(call)
        if waiting.done():
            return
        if error is None:
            waiting.set_result(CallResult(*args, **kwargs))
        else:
            waiting.set_exception(ApplicationError(error["uri"], *error["args"], **error["kwargs"]))

    async def progressed(self, number, call, args):
        progress[call](*args)

    async def end(self, number, what):
        ended = self.objects[what]
        await (ended.unregister() if hasattr(ended, "unregister") else ended.unsubscribe())

    async def close(self, number, session):
        self.objects[session].leave()
        return await self.objects[session].left


progress = {}
last_id = 0


def object_id():
    global last_id
    last_id += 1
    return last_id


async def serve(requests, number, name, given):
    try:
        tell(answer=number, value=await getattr(requests, name)(number, **given))
    except ApplicationError as error:
        tell(answer=number, error={"uri": error.error, "args": error.args, "kwargs": error.kwargs})
    except Exception as error:
        tell(answer=number, error={"uri": f"{type(error).__name__}: {error}", "args": [], "kwargs": {}})


def tell(**line):
    sys.stdout.write(json.dumps(line, default=octets_as_text) + "\n")
    sys.stdout.flush()


def octets_as_text(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$octets": base64.b64encode(bytes(value)).decode()}
    raise TypeError(f"{type(value).__name__} cannot be told")


def octets_of(value):
    return base64.b64decode(value["$octets"]) if value.keys() == {"$octets"} else value


async def main():
    requests = Requests()
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tell(ready=True)
    running = set()
    while line := await reader.readline():
        number, name, given = json.loads(line, object_hook=octets_of)
        task = asyncio.create_task(serve(requests, number, name, given))
        running.add(task)
        task.add_done_callback(running.discard)


asyncio.run(main())
