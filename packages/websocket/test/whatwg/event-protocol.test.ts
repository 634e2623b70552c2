import { expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { connectToRawPeer } from '../../src/testing/index.ts'
import { EventProtocol } from '../../src/whatwg/event-protocol.ts'

it('EventProtocol passes on what happens to its connection', () => {
  const calls: unknown[] = []
  const build = (): EventProtocol =>
    new EventProtocol({
      accepted: response => calls.push(['accepted', response.protocol]),
      opened: protocol => calls.push(['opened', protocol.isOpen]),
      textCame: text => calls.push(text),
      octetsCame: octets => calls.push([...octets]),
      closeFrameCame: () => calls.push('close frame'),
      ended: info => calls.push([info.code, info.reason]),
    })
  const { peer, clock } = connectToRawPeer(new WebSocketClientFactory('ws://test/', { build }))
  peer.accept()
  peer.write([0x81, 2, 0x68, 0x69], [0x82, 2, 1, 2], [0x88, 4, 0x0b, 0xb8, 0x68, 0x69])
  peer.end()
  clock.flush()
  expect(calls).toEqual([['accepted', ''], ['opened', true], 'hi', [1, 2], 'close frame', [3000, 'hi']])
})
