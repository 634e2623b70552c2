import { afterEach, describe, expect, it } from 'vitest'
import { type ConnectionOptions, connect } from '../../src/browser/connect.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

const sockets: KeptSocket[] = []
afterEach(() => void sockets.splice(0))

class KeptSocket extends ScriptSocket {
  readonly asked: readonly [url: string, protocols: readonly string[]]

  constructor(url: string, protocols: string[]) {
    super()
    this.asked = [url, protocols]
    sockets.push(this)
  }
}

describe('connect on a page', () => {
  it('gives a connection when it is open, with the subprotocol', async () => {
    const connecting = connect(new URL('http://test/chat?room=1'), { socketClass: KeptSocket, protocols: ['chat', 'superchat'] })
    expect(sockets[0]!.asked).toEqual(['ws://test/chat?room=1', ['chat', 'superchat']])
    sockets[0]!.accept('superchat')
    expect((await connecting).subprotocol).toBe('superchat')
  })

  it('rejects where it cannot be opened, and when the signal is aborted', async () => {
    const failing = connect('ws://test/', { socketClass: KeptSocket })
    sockets[0]!.end()
    await expect(failing).rejects.toMatchObject({ name: 'HandshakeFailed', message: 'the connection could not be opened' })
    const controller = new AbortController()
    const aborted = connect('ws://test/', { socketClass: KeptSocket, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    expect(sockets[1]!.closes).toEqual([[]])
  })

  it('gives up also while it waits for the URL', async () => {
    const controller = new AbortController()
    const connecting = connect(() => new Promise<never>(() => undefined), { socketClass: KeptSocket, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(connecting).rejects.toThrow('enough')
    expect(sockets).toEqual([])
  })

  it('refuses options that a page does not have, and values that do not fit', async () => {
    const refused = (options: object) => expect(connect('ws://test/', { socketClass: KeptSocket, ...options } as ConnectionOptions)).rejects
    await refused({ headers: {} }).toMatchObject({
      name: 'ApiMisuse',
      message: expect.stringContaining('there is no option headers of connect'),
    })
    await refused({ maxUnsentsize: 1 }).toThrow('did you mean maxUnsentSize?')
    await refused({ protocols: 'chat' }).toThrow('option protocols must be a list of strings')
    await expect(connect('ftp://test/', { socketClass: KeptSocket })).rejects.toThrow('must begin with ws:')
    for (const url of [undefined, null, 5, {}])
      await expect(connect(url as never, { socketClass: KeptSocket })).rejects.toMatchObject({
        name: 'ApiMisuse',
        message: expect.stringMatching(/is not a URL$/),
      })
    expect(sockets).toEqual([])
  })
})
