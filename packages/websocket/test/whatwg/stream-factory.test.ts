import { expect, it } from 'vitest'
import { StreamFactory } from '../../src/whatwg/stream-factory.ts'

it('StreamFactory offers the subprotocols, checks the answer of each connection, and tells of close frames', () => {
  const frames: unknown[] = []
  const protocol = new StreamFactory('ws://test', ['a'], {}, (code, reason) => frames.push([code, [...reason]])).buildProtocol()
  const response = { protocol: '' } as Parameters<typeof protocol.onConnect>[0]
  expect(() => protocol.onConnect(response)).toThrow('the server has chosen none of the subprotocols a')
  expect(() => protocol.onConnect({ ...response, protocol: 'a' })).not.toThrow()
  protocol.onCloseFrame(1000, Uint8Array.of(65))
  expect(frames).toEqual([[1000, [65]]])
})
