import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { endWithLinger } from '../../../src/node/sockets/end-with-linger.ts'
import { tcpPair } from '../../fixtures/socket-pair.ts'

describe('endWithLinger', () => {
  it('ends behind what was written and discards what the client still sends', async () => {
    const [client, server] = await tcpPair()
    const chunks: Buffer[] = []
    client.on('data', chunk => chunks.push(chunk))
    client.write(new Uint8Array(1024 * 1024))
    server.write('answer')
    endWithLinger(server)
    await once(client, 'end')
    expect(Buffer.concat(chunks).toString()).toBe('answer')
    client.end()
    await once(server, 'close')
  })

  it('cuts off after a moment a client that keeps its side open', async () => {
    const [client, server] = await tcpPair()
    client.on('error', () => {})
    endWithLinger(server)
    await once(server, 'close')
    client.destroy()
  })

  it('survives a client that resets', async () => {
    const [client, server] = await tcpPair()
    const closed = new Promise(resolve => server.on('close', resolve))
    endWithLinger(server)
    client.resetAndDestroy()
    await closed
  })

  it('ends with an error that the socket only reports', async () => {
    const [client, server] = await tcpPair()
    endWithLinger(server)
    server.emit('error', new Error('reported'))
    expect(server.destroyed).toBe(true)
    client.destroy()
  })
})
