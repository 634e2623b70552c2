import { describe, expect, it } from 'vitest'
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
