import { describe, expect, it } from 'vitest'
import { dialledStream } from '../../src/whatwg/dialled-stream.ts'
import { SocketLife } from '../../src/whatwg/socket-life.ts'
import { StreamLife } from '../../src/whatwg/stream-life.ts'
import { MemoryDial, recorded } from './memory-dial.ts'

const url = new URL('ws://test/')

describe('a server that has chosen none of the subprotocols', () => {
  it('fails a WebSocket', async () => {
    const target = new EventTarget()
    const events = recorded(target)
    const dial = new MemoryDial()
    new SocketLife(target, new URL('ws://test/'), ['a', 'b'], dial.dial)
    const { peer, clock } = await dial.server()
    peer.accept()
    await clock.settle()
    expect(events).toEqual(['error', 'close 1006  false'])
  })

  it('fails a WebSocketStream', async () => {
    const dial = new MemoryDial()
    const life = new StreamLife(url, dialledStream(url, ['a'], dial.dial), undefined)
    const { peer, clock } = await dial.server()
    peer.accept()
    await clock.settle()
    await expect(life.opened).rejects.toMatchObject({
      name: 'WebSocketError',
      message: 'the server has chosen none of the subprotocols a',
    })
  })
})

it('a server that has chosen one is accepted', async () => {
  const dial = new MemoryDial()
  const life = new StreamLife(url, dialledStream(url, ['a', 'b'], dial.dial), undefined)
  const { peer, clock } = await dial.server()
  peer.accept('Sec-WebSocket-Protocol: b')
  await clock.settle()
  expect((await life.opened).protocol).toBe('b')
})
