import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Link } from '../../src/node/link.ts'
import { serverParts } from '../../src/node/shared-parts.ts'

describe('Link', () => {
  it('emits what a raw client sends, and writes what is sent in one turn at once', async () => {
    const { link, emitter, peer, end } = await linked()
    const message = once(emitter, 'message')
    peer.write(Buffer.from('8182000000006869', 'hex'))
    expect(await message).toEqual([Buffer.from('hi'), false])
    const settings = { isBinary: true, isFinal: true, compress: true, mask: false }
    link.send(Buffer.from([1]), settings, undefined)
    link.send('a', { ...settings, isBinary: false }, undefined)
    const [chunk] = await once(peer, 'data')
    expect(chunk).toEqual(Buffer.from('820101810161', 'hex'))
    await end()
  })

  it('shares a payload in memory with others of its connection, and a Buffer has just its octets', async () => {
    const { emitter, peer, end } = await linked()
    const messages: Buffer[] = []
    emitter.on('message', data => messages.push(data))
    const frame = Buffer.concat([Buffer.from('82ee00000000', 'hex'), Buffer.alloc(110, 5)])
    peer.write(Buffer.concat([frame, frame]))
    while (messages.length < 2) await once(emitter, 'message')
    expect(messages.map(data => [data.length, data.every(octet => octet === 5)])).toEqual([
      [110, true],
      [110, true],
    ])
    await end()
  })

  it('ends with 1006 where the peer is gone, and emits nothing more', async () => {
    const { link, emitter, peer, end } = await linked()
    const close = once(emitter, 'close')
    peer.destroy()
    expect(await close).toEqual([1006, Buffer.alloc(0)])
    expect({ isGone: link.isGone, hasReceivedClose: link.hasReceivedClose }).toEqual({ isGone: true, hasReceivedClose: false })
    await end()
  })
})

/** Makes a server's end of a connection, and the raw socket of its client. */
async function linked(): Promise<{ link: Link; emitter: EventEmitter; peer: Socket; end(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  const emitter = new EventEmitter()
  const parts = serverParts({ maxPayload: 1000, maxFragments: 0, skipUTF8Validation: false, closeTimeout: 30_000 })
  const link = new Link(socket, undefined, parts, {
    emitter,
    agreement: { subprotocol: '', extensions: [] },
    autoPong: true,
    allowSynchronousEvents: true,
    binaryType: 'nodebuffer',
    gone: () => {},
  })
  link.start()
  const end = async (): Promise<void> => {
    peer.destroy()
    if (!link.isGone) await once(emitter, 'close')
    server.close()
  }
  return { link, emitter, peer, end }
}
