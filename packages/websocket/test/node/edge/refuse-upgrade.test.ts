import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { refuseUpgrade } from '../../../src/node/edge/refuse-upgrade.ts'
import { tcpPair } from '../../fixtures/socket-pair.ts'

describe('refuseUpgrade', () => {
  it('answers in plain HTTP and ends, also while the client still sends', async () => {
    const [client, server] = await tcpPair()
    client.write(new Uint8Array(1024 * 1024))
    refuseUpgrade(server, 404, 'Not Found')
    const chunks: Buffer[] = []
    client.on('data', chunk => chunks.push(chunk))
    await once(client, 'end')
    expect(Buffer.concat(chunks).toString()).toBe(
      'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nNot Found',
    )
    client.end()
    await once(server, 'close')
  })

  it('says with a 426 which protocol is spoken', async () => {
    const [client, server] = await tcpPair()
    refuseUpgrade(server, 426, 'Upgrade Required')
    const [answer] = await once(client, 'data')
    expect(String(answer)).toBe(
      'HTTP/1.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\nUpgrade Required',
    )
    client.destroy()
  })

  it('survives a client that is gone', async () => {
    const [client, server] = await tcpPair()
    client.resetAndDestroy()
    refuseUpgrade(server, 404, 'Not Found')
    await new Promise(resolve => server.on('close', resolve))
    refuseUpgrade(server, 404, 'Not Found')
  })
})
