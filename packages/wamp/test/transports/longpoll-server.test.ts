import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { LongPollServer } from '../../src/transports/longpoll-server.ts'
import type { MessageTransport } from '../../src/transports/message-transport.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { Recorder } from './recorder.ts'

describe('LongPollServer', () => {
  it('opens a transport with the first subprotocol that the router speaks, under an id that cannot be guessed', async () => {
    const { post, accepted } = made()
    const ids = new Set<string>()
    for (let n = 0; n < 20; n++) {
      const { status, text } = await post('/open', '{"protocols":["wamp.2.cbor","wamp.2.json"]}')
      const answer = JSON.parse(text) as { protocol: string; transport: string }
      expect([status, answer.protocol]).toEqual([200, 'wamp.2.json'])
      expect(answer.transport).toMatch(/^[0-9a-f]{32}$/)
      ids.add(answer.transport)
    }
    expect([ids.size, accepted.length]).toEqual([20, 20])
  })

  for (const body of [
    '',
    '{}',
    '[]',
    'null',
    '5',
    '{"protocols":"wamp.2.json"}',
    '{"protocols":[]}',
    '{"protocols":["wamp.2.cbor"]}',
    '{"protocols":[5]}',
  ])
    it(`refuses to open for the body ${JSON.stringify(body)}`, async () => {
      const { post, accepted } = made()
      expect([(await post('/open', body)).status, accepted.length]).toEqual([400, 0])
    })

  for (const target of ['', '/', '/close', '/nobody/receive', '/nobody/send', '/nobody/close', '/a/b/c', '//receive', '/__proto__/receive'])
    it(`finds nothing at ${JSON.stringify(target)}`, async () => {
      expect((await made().post(target)).status).toBe(404)
    })

  it('answers 503 above the limit of transports', async () => {
    const { post, server } = made(2)
    await post('/open')
    await post('/open')
    expect((await post('/open')).status).toBe(503)
    server.abort('enough')
    expect(server.size).toBe(0)
    expect((await post('/open')).status).toBe(200)
  })

  it('answers 500 and keeps nothing where the router throws at a transport', async () => {
    const { post, server, errors } = made(10, () => {
      throw new Error('a bug in a router')
    })
    expect((await post('/open')).status).toBe(500)
    expect([server.size, errors.map(each => each.message)]).toEqual([0, ['a bug in a router']])
  })

  it('takes messages from send, gives them to receive, and ends by close', async () => {
    const { post, open, clock } = made()
    const { path, transport } = await open()
    const recorder = Recorder.of(transport)
    clock.flush()
    expect((await post(`${path}/send`, '[17,1,2]')).status).toBe(204)
    expect(recorder.messages).toEqual([[17, 1, 2]])
    transport.send([17, 3, 4])
    expect(await post(`${path}/receive`)).toMatchObject({ status: 200, text: '[17,3,4]' })
    expect((await post(`${path}/close`)).status).toBe(204)
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: true, reason: 'closed by the peer' }])
    expect([(await post(`${path}/receive`)).status, clock.pending]).toEqual([404, 0])
  })

  it('closes all transports', async () => {
    const { open, post, server, clock } = made()
    const { path, transport } = await open()
    const recorder = Recorder.of(transport)
    const poll = post(`${path}/receive`)
    server.close()
    clock.flush()
    expect((await poll).status).toBe(410)
    expect([recorder.ends.length, server.size]).toEqual([1, 0])
  })
})

function made(maxTransports = 100, accept?: (transport: MessageTransport) => void) {
  const clock = new FakeClock()
  const accepted: MessageTransport[] = []
  const errors: Error[] = []
  const server = new LongPollServer({
    spoken: { serializers: [new JsonSerializer()], isBatched: false },
    limits: defaultsOf(transportOptions),
    clock,
    maxTransports,
    accept: accept ?? (transport => void accepted.push(transport)),
    onError: error => void errors.push(error),
  })
  const post = async (target: string, body = '{"protocols":["wamp.2.json"]}') => {
    const answer = await server.answer(target, new TextEncoder().encode(body), { kind: 'longpoll', peer: '', isSecure: false, headers: {} })
    return { status: answer.status, text: new TextDecoder().decode(answer.body) }
  }
  const open = async () => {
    const { transport } = JSON.parse((await post('/open')).text) as { transport: string }
    return { path: `/${transport}`, transport: accepted.at(-1)! }
  }
  return { server, post, open, accepted, errors, clock }
}
