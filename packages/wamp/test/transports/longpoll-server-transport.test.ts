import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { LongPollServerTransport } from '../../src/transports/longpoll-server-transport.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import type { TransportOptions } from '../../src/transports/transport-settings.ts'
import { Recorder } from './recorder.ts'
import { event } from './transport-suite.ts'

describe('LongPollServerTransport', () => {
  it('answers a poll without messages after 10 s, and waits for the next', async () => {
    const { clock, transport, recorder } = made()
    const poll = transport.receive()
    clock.advance(9999)
    expect(await isSettled(poll)).toBe(false)
    clock.advance(1)
    expect((await poll).status).toBe(204)
    clock.advance(39_999)
    expect(recorder.ends).toEqual([])
    clock.advance(1)
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: false, reason: 'no poll within 40 s' }])
  })

  it('gives one message to a poll, or in a batch all messages of the turn', async () => {
    const single = made()
    const batched = made({}, true)
    for (const { transport } of [single, batched]) for (const id of [1, 2, 3]) transport.send(event(id))
    expect(text(await single.transport.receive())).toBe('[36,1,1,{},[""]]')
    expect(text(await batched.transport.receive()).split('\x18').length).toBe(4)
    expect([single.transport.bufferedAmount > 0, batched.transport.bufferedAmount]).toEqual([true, 0])
  })

  it('answers an earlier poll with nothing when the next one comes', async () => {
    const { clock, transport } = made()
    const first = transport.receive()
    const second = transport.receive()
    expect((await first).status).toBe(204)
    transport.send(event(1))
    clock.flush()
    expect((await second).status).toBe(200)
  })

  it('sends messages again whose answer was lost, before all others', async () => {
    const { transport } = made()
    transport.send(event(1))
    transport.send(event(2))
    const answer = await transport.receive()
    answer.lost?.()
    expect(text(await transport.receive())).toBe('[36,1,1,{},[""]]')
    expect(text(await transport.receive())).toBe('[36,1,2,{},[""]]')
    expect(transport.bufferedAmount).toBe(0)
  })

  it('answers what was sent only when a paused listener has got it', async () => {
    const { clock, transport, recorder } = made()
    transport.pause()
    const sending = transport.sent(octets('[17,1,2]'))
    expect([await isSettled(sending), recorder.messages]).toEqual([false, []])
    transport.resume()
    clock.flush()
    expect((await sending).status).toBe(204)
    expect(recorder.messages).toEqual([[17, 1, 2]])
  })

  it('is dropped where a paused listener is sent more than it takes', async () => {
    const { clock, transport, recorder } = made({ maxUnsentSize: 100 })
    transport.pause()
    const sending = Array.from({ length: 20 }, () => transport.sent(octets('[17,1,2]')))
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: false, reason: 'the client sent more than this side takes' }])
    expect((await Promise.all(sending)).every(({ status }) => status === 410)).toBe(true)
  })

  it('answers 400 to what is not a message, and to all that follows', async () => {
    for (const isBatched of [false, true]) {
      const { transport, recorder } = made({}, isBatched)
      expect((await transport.sent(octets('[[\x18'))).status).toBe(400)
      expect((await transport.sent(octets('[17,1,2]\x18'))).status).toBe(400)
      expect([recorder.violations.length, recorder.messages]).toEqual([1, []])
    }
  })

  it('delivers what waits before it closes, and then is gone', async () => {
    const { clock, transport, recorder } = made()
    transport.send(event(1))
    transport.close()
    clock.flush()
    expect((await transport.receive()).status).toBe(200)
    expect((await transport.receive()).status).toBe(410)
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: true, reason: 'closed by this side' }])
    expect(clock.pending).toBe(0)
  })

  it('takes what comes after its close and does nothing with it', async () => {
    const { transport, recorder } = made()
    transport.close()
    expect((await transport.sent(octets('[17,1,2]'))).status).toBe(204)
    expect(recorder.messages).toEqual([])
  })
})

function made(limits: Partial<TransportOptions> = {}, isBatched = false) {
  const clock = new FakeClock()
  const transport = new LongPollServerTransport({
    spoken: { serializer: new JsonSerializer(), isBatched },
    details: { kind: 'longpoll', peer: '', isSecure: false, headers: {} },
    limits: { ...defaultsOf(transportOptions), ...limits },
    clock,
    ended: () => {},
  })
  const recorder = Recorder.of(transport)
  clock.flush()
  return { clock, transport, recorder }
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>(resolve => setImmediate(() => resolve(false)))])
}

function text({ body }: { readonly body: Uint8Array }): string {
  return new TextDecoder().decode(body)
}

function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
