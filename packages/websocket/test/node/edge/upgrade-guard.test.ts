import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { UpgradeGuard } from '../../../src/node/edge/upgrade-guard.ts'
import { tcpPair } from '../../fixtures/socket-pair.ts'

describe('UpgradeGuard', () => {
  it('takes the errors of a socket that nobody listens to', async () => {
    const [client, server] = await tcpPair()
    const closed = new Promise(resolve => server.on('close', resolve))
    UpgradeGuard.of(server)
    server.resume()
    client.resetAndDestroy()
    await closed
  })

  it('ends a socket whose error was only reported', async () => {
    const [client, server] = await tcpPair()
    UpgradeGuard.of(server)
    server.emit('error', new Error('reported'))
    expect(server.destroyed).toBe(true)
    client.destroy()
  })

  it('is one for each socket, and leaves no listener when it is released', async () => {
    const [client, server] = await tcpPair()
    const before = server.listenerCount('error')
    const guard = UpgradeGuard.of(server)
    expect(UpgradeGuard.of(server)).toBe(guard)
    expect(server.listenerCount('error')).toBe(before + 1)
    guard.release()
    expect(server.listenerCount('error')).toBe(before)
    expect(UpgradeGuard.of(server)).not.toBe(guard)
    client.destroy()
    server.destroy()
  })

  it('answers 404 after the time where nobody claims the socket', async () => {
    const [client, server] = await tcpPair()
    UpgradeGuard.of(server).endUnlessClaimed(0.01)
    const [answer] = await once(client, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
    client.end()
    await once(server, 'close')
  })

  for (const [what, claim] of [
    ['has an answer', server => server.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
    ['has a listener for data', server => server.on('data', () => {})],
    ['has a listener for readable', server => server.on('readable', () => {})],
    [
      'is read by asynchronous iteration',
      server =>
        void server[Symbol.asyncIterator]()
          .next()
          .catch(() => {}),
    ],
    ['is piped elsewhere', server => server.pipe(new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }))],
  ] as [string, (server: Socket) => void][]) {
    it(`leaves a socket alone that ${what}`, async () => {
      const [client, server] = await tcpPair()
      const [otherClient, other] = await tcpPair()
      UpgradeGuard.of(server).endUnlessClaimed(0.01)
      claim(server)
      UpgradeGuard.of(other).endUnlessClaimed(0.02)
      await once(otherClient, 'data')
      expect([server.writableEnded, server.destroyed]).toEqual([false, false])
      for (const socket of [client, server, otherClient, other]) socket.destroy()
    })
  }

  it('counts an answer that was written after it began to watch, and none before', async () => {
    const [client, server] = await tcpPair()
    server.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    await once(client, 'data')
    UpgradeGuard.of(server).endUnlessClaimed(0.01)
    const [answer] = await once(client, 'data')
    expect(String(answer)).toContain(' 404 ')
    client.destroy()
  })

  it('waits for ever with a time of 0', async () => {
    const [client, server] = await tcpPair()
    const [otherClient, other] = await tcpPair()
    UpgradeGuard.of(server).endUnlessClaimed(0)
    UpgradeGuard.of(other).endUnlessClaimed(0.01)
    await once(otherClient, 'data')
    expect(server.writableEnded).toBe(false)
    for (const socket of [client, server, otherClient, other]) socket.destroy()
  })

  it('watches a stream that counts no octets', async () => {
    const written: string[] = []
    const stream = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        written.push(String(chunk))
        done()
      },
    })
    UpgradeGuard.of(stream).endUnlessClaimed(0.01)
    await once(stream, 'finish')
    expect(written.join('')).toContain(' 404 ')
    stream.destroy()
  })
})
