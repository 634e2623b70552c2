import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { transportClock } from '../../src/node/transport-clock.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { type HttpPost, type LongPollDialling, openLongPoll } from '../../src/transports/longpoll-client.ts'
import { LongPollServer } from '../../src/transports/longpoll-server.ts'
import type { MessageTransport, TransportDetails } from '../../src/transports/message-transport.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { Recorder } from './recorder.ts'
import { event, testMessageTransport, turn } from './transport-suite.ts'

const shared = new JsonSerializer()
const details: TransportDetails = { kind: 'longpoll', peer: '', isSecure: false, headers: {} }

for (const isBatched of [false, true])
  testMessageTransport(
    `long-poll${isBatched ? ', batched' : ''}, without HTTP`,
    async ({ client, server, clock: fake, onError }) => {
      const clock = transportClock(fake)
      const spoken = { serializers: [shared], isBatched }
      let accepted: MessageTransport | undefined
      const accept = (transport: MessageTransport): void => {
        accepted = transport
      }
      const limits = { ...defaultsOf(transportOptions), ...server }
      const serving = new LongPollServer({ spoken, limits, clock, maxTransports: 10, accept, onError })
      let isCut = false
      const post: HttpPost = async (path, body, _isBinary, signal) => {
        if (isCut) await new Promise(() => {})
        if (body.length > limits.maxMessageSize) {
          accepted?.abort('a message is too large')
          return { status: 413, body: new Uint8Array(0) }
        }
        const answer = await serving.answer(path, body, details)
        if (signal.aborted) {
          answer.lost?.()
          throw signal.reason
        }
        if (isCut) await new Promise(() => {})
        return answer
      }
      const dialling: LongPollDialling = { post, spoken, details, limits: { ...defaultsOf(transportOptions), ...client }, clock, onError }
      const dialled = await openLongPoll(dialling)
      return {
        client: dialled,
        server: accepted!,
        cutOff: () => {
          isCut = true
        },
        dispose: () => {},
      }
    },
    { findsLostPeerIn: 60 },
  )

describe('openLongPoll', () => {
  for (const [why, status, body] of [
    ['answered the request for a long-poll transport with status 404; a router of this project has long-poll at the path /lp', 404, ''],
    ['with status 405; a router', 405, ''],
    ['with status 503', 503, ''],
    ['with something else', 200, 'no JSON'],
    ['with something else', 200, 'null'],
    ['with something else', 200, '{"protocol":"wamp.2.cbor","transport":"a"}'],
    ['with something else', 200, '{"protocol":"wamp.2.json","transport":"../admin"}'],
    ['with something else', 200, '{"protocol":"wamp.2.json","transport":5}'],
  ] as const) {
    it(`rejects where the router has ${why}: ${body}`, async () => {
      const opening = openLongPoll(diallingBy(async () => ({ status, body: new TextEncoder().encode(body) })))
      await expect(opening).rejects.toMatchObject({ name: 'HandshakeFailed', message: expect.stringContaining(why) })
    })
  }

  it('rejects where the router cannot be reached, with the cause', async () => {
    const cause = new Error('ECONNREFUSED')
    const opening = openLongPoll(diallingBy(() => Promise.reject(cause)))
    await expect(opening).rejects.toMatchObject({ name: 'HandshakeFailed', cause })
  })

  it('rejects at the deadline, and with the reason of the signal', async () => {
    const clock = new FakeClock()
    const hanging: HttpPost = (_path, _body, _isBinary, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const late = openLongPoll(diallingBy(hanging, clock))
    clock.advance(5000)
    await expect(late).rejects.toThrow('no answer to the request for a long-poll transport within 5 s')
    const abort = new AbortController()
    const stopped = openLongPoll(diallingBy(hanging, clock), abort.signal)
    abort.abort(new Error('not any more'))
    await expect(stopped).rejects.toThrow('not any more')
    await expect(openLongPoll(diallingBy(hanging), abort.signal)).rejects.toThrow('not any more')
    expect(clock.pending).toBe(0)
  })
})

describe('the transport of openLongPoll', () => {
  it('has one request at a time that sends, so that messages keep their order', async () => {
    const sent: string[] = []
    let inFlight = 0
    const { transport } = await opened(async (path, body) => {
      if (!path.endsWith('/send')) return new Promise(() => {})
      expect(++inFlight).toBe(1)
      await turn()
      inFlight--
      sent.push(new TextDecoder().decode(body))
      return { status: 204, body: new Uint8Array(0) }
    })
    const closed = Recorder.of(transport)
    for (const id of [1, 2, 3]) transport.send(event(id))
    while (sent.length < 3) await turn()
    expect(sent.map(text => (JSON.parse(text) as unknown[])[2])).toEqual([1, 2, 3])
    transport.abort('done')
    await closed.closed()
  })

  for (const [action, status, wasClean, reason] of [
    ['receive', 410, true, 'closed by the peer'],
    ['receive', 404, false, 'the router has answered receive with status 404'],
    ['send', 500, false, 'the router has answered send with status 500'],
  ] as const) {
    it(`ends where ${action} is answered with ${status}`, async () => {
      const { transport } = await opened(async path =>
        path.endsWith(action) ? { status, body: new Uint8Array(0) } : new Promise(() => {}),
      )
      const recorder = Recorder.of(transport)
      transport.send(event(1))
      expect(await recorder.closed()).toEqual({ wasClean, reason })
    })
  }

  it('ends where a request fails', async () => {
    const { transport } = await opened(() => Promise.reject(new Error('ECONNRESET')))
    expect(await Recorder.of(transport).closed()).toEqual({ wasClean: false, reason: 'the connection was lost: ECONNRESET' })
  })

  it('ends where a poll is not answered', async () => {
    const { transport, clock } = await opened(() => new Promise(() => {}))
    const recorder = Recorder.of(transport)
    await turn()
    clock.advance(40_000)
    expect(await recorder.closed()).toEqual({ wasClean: false, reason: 'no answer to a poll within 40 s' })
  })
})

async function opened(post: HttpPost) {
  const clock = new FakeClock()
  const named: HttpPost = (path, ...rest) =>
    path === '/open'
      ? Promise.resolve({ status: 200, body: new TextEncoder().encode('{"protocol":"wamp.2.json","transport":"t"}') })
      : post(path, ...rest)
  return { clock, transport: await openLongPoll(diallingBy(named, clock)) }
}

function diallingBy(post: HttpPost, clock = new FakeClock()): LongPollDialling {
  return {
    post,
    spoken: { serializers: [shared], isBatched: false },
    details,
    limits: defaultsOf(transportOptions),
    clock: transportClock(clock),
  }
}
