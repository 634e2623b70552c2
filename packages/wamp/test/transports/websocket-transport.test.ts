import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import type { TransportDetails } from '../../src/transports/message-transport.ts'
import { type WebSocketLink, WebSocketTransport } from '../../src/transports/websocket-transport.ts'
import { webSocketPair } from '../fixtures/transport-pairs.ts'
import { Recorder } from './recorder.ts'
import { event, plain, testMessageTransport } from './transport-suite.ts'

const shared = new JsonSerializer()

for (const isBatched of [false, true])
  for (const maxChunk of [undefined, 1000])
    testMessageTransport(
      `WebSocket${isBatched ? ', batched' : ''}, in memory${maxChunk === undefined ? '' : ', in pieces'}`,
      async settings => {
        const pair = await webSocketPair({
          ...settings,
          serializer: shared,
          isBatched,
          ...(maxChunk !== undefined && { maxChunk }),
        })
        return { ...pair, dispose: () => {} }
      },
    )

describe('WebSocketTransport', () => {
  it('joins the messages of a turn to one batch, which its peer takes apart', () => {
    const { clock, transport, sent } = made(true)
    for (const id of [1, 2, 3]) transport.send(event(id))
    expect([sent, transport.bufferedAmount > 0]).toEqual([[], true])
    clock.flush()
    expect(sent.length).toBe(1)
    const other = made(true)
    const recorder = Recorder.of(other.transport)
    other.transport.textReceived(sent[0] as string)
    expect(recorder.messages.map(plain)).toEqual([1, 2, 3].map(id => plain(event(id))))
    transport.send(event(4))
    clock.flush()
    expect(sent.length).toBe(2)
  })

  it('takes the same messages however they are put into batches', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), { maxLength: 5 }), batches => {
        const json = new JsonSerializer()
        const { transport } = made(true)
        const recorder = Recorder.of(transport)
        let id = 0
        const sent = batches.map(texts => texts.map(text => event(++id, text)))
        for (const batch of sent) transport.textReceived(json.join(batch.map(message => json.encode(message))))
        expect(recorder.messages.map(plain)).toEqual(sent.flat().map(plain))
      }),
    )
  })

  it('does not hold back a large batch until the end of the turn', () => {
    const { transport, sent } = made(true)
    transport.send(event(1, 'x'.repeat(70_000)))
    expect(sent.length).toBe(1)
  })

  it('takes an empty batch for a violation', () => {
    const { transport } = made(true)
    const recorder = Recorder.of(transport)
    transport.textReceived('')
    expect(recorder.violations.length).toBe(1)
  })

  it('closes with 1000, after a violation with 1002, and after the wrong kind of message with 1003', () => {
    for (const [wrong, code] of [
      [() => {}, 1000],
      [(transport: WebSocketTransport) => transport.textReceived('no'), 1002],
      [(transport: WebSocketTransport) => transport.octetsReceived(Uint8Array.of(1)), 1003],
    ] as const) {
      const { transport, closes } = made(false)
      Recorder.of(transport)
      wrong(transport)
      transport.close()
      expect(closes).toEqual([code])
    }
  })

  it('keeps its connection paused until it has its listener', () => {
    const { clock, transport, flow } = made(false)
    transport.awaitListener()
    expect(flow).toEqual(['pause'])
    Recorder.of(transport)
    clock.flush()
    expect(flow).toEqual(['pause', 'resume'])
  })

  it('does not touch a connection whose listener comes at once', () => {
    const { clock, transport, flow } = made(false)
    Recorder.of(transport)
    transport.awaitListener()
    clock.flush()
    expect(flow).toEqual([])
  })

  it('has nothing read ahead in a short pause, and something again in a longer one that follows', () => {
    const { clock, transport, flow } = made(false)
    Recorder.of(transport)
    transport.pause(false)
    transport.pause()
    transport.resume()
    clock.flush()
    expect(flow).toEqual(['pause, nothing ahead', 'pause', 'resume'])
  })

  it('stays paused where it was paused before it was opened', () => {
    const { clock, transport, flow } = made(false)
    transport.awaitListener()
    transport.pause()
    Recorder.of(transport)
    clock.flush()
    expect(flow).not.toContain('resume')
    transport.resume()
    clock.flush()
    expect(flow.at(-1)).toBe('resume')
  })
})

function made(isBatched: boolean) {
  const sent: (string | Uint8Array)[] = []
  const closes: number[] = []
  const flow: string[] = []
  const link: WebSocketLink = {
    sendMessage: payload => void sent.push(payload),
    sendEncoded: message => void sent.push(message.encoded),
    sendClose: code => void closes.push(code),
    dropConnection: () => {},
    pauseReceiving: options => void flow.push(options?.readAhead === false ? 'pause, nothing ahead' : 'pause'),
    resumeReceiving: () => void flow.push('resume'),
    bufferedAmount: 0,
    isWritable: true,
  }
  const clock = new FakeClock()
  const settings = { maxSendSize: 100_000, details, clock }
  const transport = new WebSocketTransport(link, { serializer: new JsonSerializer(), isBatched }, settings)
  return { clock, transport, sent, closes, flow }
}

const details: TransportDetails = { kind: 'websocket', peer: '', isSecure: false, headers: {} }
