import { Duplex, PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readUntil } from '../../../src/node/proxies/reading.ts'

describe('readUntil', () => {
  it('reads until there is a value, and leaves what comes later', async () => {
    const socket = new PassThrough()
    let text = ''
    const read = readUntil(socket, octets => {
      text += Buffer.from(octets).toString()
      return text.length >= 4 ? text : undefined
    })
    socket.write('ab')
    socket.write('cd')
    expect(await read).toBe('abcd')
    socket.write('later')
    expect(String(await readUntil(socket, octets => octets))).toBe('later')
    expect(socket.listenerCount('data') + socket.listenerCount('error')).toBe(0)
  })

  it('rejects with what take throws', async () => {
    const socket = new PassThrough()
    const read = readUntil(socket, () => {
      throw new RangeError('odd')
    })
    socket.write('a')
    await expect(read).rejects.toThrow(RangeError)
  })

  it('rejects where the socket fails, ends, or is gone already', async () => {
    const failing = new Duplex({ read: () => undefined })
    const failed = readUntil(failing, () => undefined)
    failing.destroy(new Error('broken'))
    await expect(failed).rejects.toThrow('broken')
    const ending = new PassThrough()
    const ended = readUntil(ending, () => undefined)
    ending.end()
    await expect(ended).rejects.toThrow('it ended the connection')
    await expect(readUntil(failing, () => undefined)).rejects.toThrow('it ended the connection')
  })
})
