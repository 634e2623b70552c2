import { expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { connectToRawPeer } from '../../src/testing/index.ts'
import { EventProtocol } from '../../src/whatwg/event-protocol.ts'
import { UnsentPayload } from '../../src/whatwg/unsent-payload.ts'

it('UnsentPayload counts payload alone, also what has left at once, until the event loop turns', async () => {
  const nothing = { accepted() {}, opened() {}, textCame() {}, octetsCame() {}, closeFrameCame() {}, ended() {} }
  const factory = new WebSocketClientFactory<EventProtocol>('ws://test/', { build: () => new EventProtocol(nothing), autoPingInterval: 0 })
  const { client, peer, clock } = connectToRawPeer(factory)
  peer.accept()
  await clock.settle()
  const unsent = new UnsentPayload(client)
  const send = (text: string): void => {
    unsent.beforeSend()
    client.sendMessage(text)
    unsent.afterSend()
  }
  expect(unsent.size).toBe(0)
  send('häßlich')
  send('x'.repeat(100_000))
  expect(unsent.size).toBe(100_009)
  await clock.settle()
  expect(unsent.size).toBe(0)

  send('x'.repeat(100_000))
  send('y')
  expect(unsent.size).toBe(100_001)
  await clock.settle()
  expect(unsent.size).toBe(0)

  peer.pause()
  send('x'.repeat(1000))
  await clock.settle()
  expect(unsent.size).toBe(1000)
})
