import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { Closing } from '../../../src/protocol/closing/closing.ts'
import type { ClosingParts } from '../../../src/protocol/closing/closing-parts.ts'
import { ConnectionState } from '../../../src/protocol/life/connection-state.ts'
import { openServer, ServerProtocol } from '../opened.ts'
import { summary } from '../wire.ts'
import { server } from './ended.ts'

describe('a peer that does not close at all', () => {
  it('ends the transport without a close frame', () => {
    const { opened, last } = server()
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(opened.stream.destroyed).toBe('gracefully')
    expect(last()).toEqual(['onClose', false, 1006, 'the transport ended without a close frame'])
    expect(opened.protocol.closeInfo?.by).toBe('network')
  })

  it('resets the transport', () => {
    const { opened, last } = server()
    const reset = new Error('reset')
    opened.stream.close(reset)
    expect(last()).toEqual(['onClose', false, 1006, 'the transport was lost (reset) without a close frame'])
    expect(opened.protocol.closeInfo?.cause).toBe(reset)
    opened.stream.close(reset)
    expect(opened.calls.filter(([hook]) => hook === 'onClose').length).toBe(1)
  })
})

describe('what a broadcast has brought in the same turn', () => {
  for (const [call, end, sent] of [
    ['sendClose', (protocol: ServerProtocol): unknown => protocol.sendClose(1000), ['1:news', '8:1000']],
    ['dropConnection', (protocol: ServerProtocol): void => protocol.dropConnection(), ['1:news']],
    ['dropConnection with abort', (protocol: ServerProtocol): void => protocol.dropConnection({ abort: true }), []],
    ['failConnection', (protocol: ServerProtocol): void => protocol.failConnection(1008, ''), ['8:1008']],
  ] as const) {
    it(`is sent before the connection ends, unless it is aborted: ${call}`, () => {
      const { protocol, stream, clock, factory } = openServer(ServerProtocol)
      expect(factory.broadcast('news').sent).toBe(1)
      end(protocol)
      clock.flush()
      expect(summary(stream.sent())).toEqual(sent)
    })
  }
})

describe('our close frame', () => {
  it('closes the way for messages before it is given to the outbox, and ends the automatic ping', () => {
    const state = new ConnectionState()
    state.open()
    const calls: string[] = []
    const parts = {
      state,
      events: { endBegan: () => void calls.push('endBegan') },
      outbox: {
        bufferedAmount: 0,
        sendBroadcasts: () => undefined,
        flush: () => undefined,
        sendClose: (payload: Octets) => void calls.push(`sendClose ${payload.join(' ')}, may send: ${state.maySend}`),
      },
      options: { closeHandshakeTimeout: 0 },
      deadline: { set: () => undefined },
      text: { encode: () => new Uint8Array(0) },
    } as unknown as ClosingParts
    expect(new Closing(parts).sendClose(1000, '')).toBe(true)
    expect({ calls, isWaiting: state.isCloseWaiting }).toEqual({
      calls: ['endBegan', 'sendClose 3 232, may send: false'],
      isWaiting: true,
    })
  })
})
