import { expect, it } from 'vitest'
import { memoryPair } from '../../src/bytes/memory-pair.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { clientOn } from '../../src/testing/memory-client.ts'
import { RawPeer } from '../../src/testing/raw-peer.ts'
import { Listening, listeningTo } from '../fixtures/echo.ts'

it('makes a protocol of a factory, and a connection for a URL with its options', () => {
  const runtime = fakeRuntime()
  const made = clientOn(listeningTo('ws://test/'), memoryPair(runtime.clock)[0], runtime)
  expect(made).toBeInstanceOf(Listening)
  for (const url of ['wss://example.test/a?b', new URL('wss://example.test/a?b')]) {
    const [ofClient, ofServer] = memoryPair(runtime.clock)
    const peer = new RawPeer(ofServer, runtime, false)
    const connection = clientOn(url, ofClient, runtime, { protocols: ['chat'] })
    runtime.clock.flush()
    expect(peer.head).toMatch(/^GET \/a\?b HTTP\/1\.1\r\n[\s\S]*Sec-WebSocket-Protocol: chat\r\n/)
    const { transport } = (connection as Connection).protocol
    expect(transport).toMatchObject({ isSecure: true, peer: { address: 'example.test', port: 443 } })
  }
})
