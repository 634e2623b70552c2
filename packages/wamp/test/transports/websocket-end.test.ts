import { expect, it } from 'vitest'
import { webSocketEnd } from '../../src/transports/websocket-end.ts'

for (const [by, code, reason, wasClean, says] of [
  ['self', 1000, '', true, 'closed by this side'],
  ['peer', 1001, 'restart', true, 'closed by the peer with the code 1001: restart'],
  ['peer', 1000, '', true, 'closed by the peer with the code 1000'],
  ['self', 1006, 'no answer to a ping', false, 'ended by this side: no answer to a ping'],
  ['network', 1006, '', false, 'the connection was lost'],
  ['network', 1006, 'reset', false, 'the connection was lost: reset'],
] as const) {
  it(`says: ${says}`, () => {
    expect(webSocketEnd({ by, code, reason, wasClean })).toEqual({ wasClean, reason: says })
  })
}
