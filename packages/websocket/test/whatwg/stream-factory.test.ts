import { expect, it } from 'vitest'
import { StreamFactory } from '../../src/whatwg/stream-factory.ts'

it('StreamFactory offers the subprotocols, and checks the answer of each connection', () => {
  const protocol = new StreamFactory('ws://test', ['a'], {}).buildProtocol()
  const response = { protocol: '' } as Parameters<typeof protocol.onConnect>[0]
  expect(() => protocol.onConnect(response)).toThrow('the server has chosen none of the subprotocols a')
  expect(() => protocol.onConnect({ ...response, protocol: 'a' })).not.toThrow()
})
