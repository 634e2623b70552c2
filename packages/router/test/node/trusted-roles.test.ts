import { connect } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'
import { fullAccess } from '../../src/realm/access.ts'
import type { Router } from '../../src/router/router.ts'
import { RawSession } from '../fixtures/raw-session.ts'

const made: (Router | RouterListener)[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.close()
})

/** A list that no JSON has: its header is right, and its payload is not. */
const malformed = '[16,1,{"acknowledge":true},"com.example.topic",[1,}]'
const wellFormed = '[16,1,{"acknowledge":true},"com.example.topic",[1]]'
const hello = '[1,"realm1",{"roles":{"publisher":{}}}]'

for (const [isTrusted, answer] of [
  [true, 17],
  [false, 3],
] as const) {
  describe(`a malformed payload of a role that is ${isTrusted ? '' : 'not '}trusted is ${isTrusted ? 'handed on' : 'refused'}`, () => {
    it('over RawSocket', async () => {
      const session = await RawSession.join((await routing(isTrusted)).port)
      session.send(malformed)
      expect((await session.next(answer))?.[0]).toBe(answer)
      session.socket.destroy()
    })

    it('over WebSocket', async () => {
      const ws = await connect(`ws://127.0.0.1:${(await routing(isTrusted)).port}`, { protocols: ['wamp.2.json'] })
      await ws.send(hello)
      await ws.receiveJson()
      await ws.send(malformed)
      expect(((await ws.receiveJson()) as unknown[])[0]).toBe(answer)
      ws.terminate()
    })

    it('over long-poll', async () => {
      const url = `http://127.0.0.1:${(await routing(isTrusted)).port}/lp`
      const post = (path: string, body = ''): Promise<Response> => fetch(`${url}${path}`, { method: 'POST', body })
      const { transport } = (await (await post('/open', '{"protocols":["wamp.2.json"]}')).json()) as { transport: string }
      await post(`/${transport}/send`, hello)
      await post(`/${transport}/receive`)
      await post(`/${transport}/send`, malformed)
      expect(((await (await post(`/${transport}/receive`)).json()) as unknown[])[0]).toBe(answer)
    })
  })
}

it('a malformed payload of a trusted session ends that session where the router has to read it, and no other', async () => {
  const { port } = await routing(true)
  const subscriber = await connect(`ws://127.0.0.1:${port}`, { protocols: ['wamp.2.msgpack'] })
  // HELLO and SUBSCRIBE in MessagePack
  await subscriber.send(Buffer.from('9301a67265616c6d3181a5726f6c657381aa7375627363726962657280', 'hex'))
  await subscriber.receive()
  await subscriber.send(Buffer.from([0x94, 32, 1, 0x80, 0xb1, ...Buffer.from('com.example.topic')]))
  await subscriber.receive()
  const publisher = await RawSession.join(port)
  publisher.send(malformed)
  await publisher.closed
  const other = await RawSession.join(port)
  other.send(wellFormed)
  expect((await other.next(17))?.[0]).toBe(17)
  expect(Buffer.from((await subscriber.receive()) as Uint8Array)[1]).toBe(36)
  other.socket.destroy()
  subscriber.terminate()
})

async function routing(isTrusted: boolean): Promise<{ readonly port: number }> {
  const router = createRouter({
    realms: { realm1: { access: fullAccess, ...(isTrusted && { trustedRoles: ['anonymous'] }) } },
    onError: () => {},
  })
  const listener = await listen(router, { port: 0, onError: () => {} })
  made.push(router, listener)
  return { port: listener.port ?? 0 }
}
