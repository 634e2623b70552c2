import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { socks5Connect } from '../../../src/node/proxies/socks5.ts'

const target = { host: 'a.example', port: 443, isSecure: true }
const succeeded = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80]

describe('socks5Connect', () => {
  it('asks by name, so that the proxy resolves it (RFC 1928 §4)', async () => {
    const socket = new Scripted([5, 0], succeeded)
    await socks5Connect(socket, target, undefined)
    expect(socket.asked).toEqual([
      [5, 1, 0],
      [5, 1, 0, 3, 9, ...Buffer.from('a.example'), 1, 187],
    ])
  })

  for (const [host, octets] of [
    ['192.0.2.7', [1, 192, 0, 2, 7]],
    ['2001:db8::5', [4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]],
    ['::', [4, ...Array(16).fill(0)]],
    ['::ffff:1.2.3.4', [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4]],
    ['1:2:3:4:5:6:7:8', [4, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ] as const) {
    it(`asks for the address ${host}`, async () => {
      const socket = new Scripted([5, 0], succeeded)
      await socks5Connect(socket, { host, port: 258, isSecure: false }, undefined)
      expect(socket.asked[1]).toEqual([5, 1, 0, ...octets, 1, 2])
    })
  }

  it('offers credentials and sends them where the proxy wants them (RFC 1929)', async () => {
    const socket = new Scripted([5, 2], [1, 0], succeeded)
    await socks5Connect(socket, target, { username: 'al', password: 'p\u00e4' })
    expect(socket.asked.slice(0, 2)).toEqual([
      [5, 2, 0, 2],
      [1, 2, ...Buffer.from('al'), 3, ...Buffer.from('p\u00e4')],
    ])
    const without = new Scripted([5, 0], succeeded)
    await socks5Connect(without, target, { username: 'al', password: 'b' })
    expect(without.asked).toHaveLength(2)
  })

  it('takes a reply with any address, in single octets too', async () => {
    for (const address of [
      [1, 1, 2, 3, 4],
      [3, 2, 97, 98],
      [3, 0],
      [3, 255, ...Array(255).fill(97)],
      [4, ...Array(16).fill(1)],
    ])
      for (const size of [1, 1000]) {
        const socket = new Scripted([5, 0], [5, 0, 0, ...address, 0, 80])
        socket.size = size
        await socks5Connect(socket, target, undefined)
      }
  })

  const credentials = { username: 'a', password: 's3cret' }
  for (const [message, answers, given] of [
    ['it wants a user name and a password, or something else', [[5, 0xff]], undefined],
    ['it takes no user name and password', [[5, 0xff]], credentials],
    ['it chose the method 1, which was not offered', [[5, 1]], undefined],
    ['it chose the method 2, which was not offered', [[5, 2]], undefined],
    [
      'it refused the user name and the password',
      [
        [5, 2],
        [1, 1],
      ],
      credentials,
    ],
    ['it answered with 72 in place of version 5: it may not be a SOCKS5 proxy', [[...Buffer.from('HTTP/1.1 400 Bad\r\n')]], undefined],
    [
      'it answered with 4 in place of version 5: it may not be a SOCKS5 proxy',
      [
        [5, 0],
        [4, 0, 0, 1],
      ],
      undefined,
    ],
    [
      'it answered with 5 in place of version 1: it may not be a SOCKS5 proxy',
      [
        [5, 2],
        [5, 0],
      ],
      credentials,
    ],
    ['it sent 1 octet of its own behind its answer', [[5, 0, 0]], undefined],
    [
      'it sent 5 octets of its own behind its answer',
      [
        [5, 0],
        [...succeeded, 1, 2, 3, 4, 5],
      ],
      undefined,
    ],
    [
      'it sent 99990 octets of its own behind its answer',
      [
        [5, 0],
        [...succeeded, ...Array(99_990).fill(1)],
      ],
      undefined,
    ],
    [
      'it answered 5: the server refused the connection',
      [
        [5, 0],
        [5, 5, 0, 1, 0, 0, 0, 0, 0, 0],
      ],
      undefined,
    ],
    [
      'it answered 2: not allowed by its rules',
      [
        [5, 0],
        [5, 2],
      ],
      undefined,
    ],
    [
      'it answered 99: an unknown reply',
      [
        [5, 0],
        [5, 99, 0, 7],
      ],
      undefined,
    ],
    [
      'it answered with an address of the unknown type 2',
      [
        [5, 0],
        [5, 0, 0, 2, 1],
      ],
      undefined,
    ],
  ] as [string, number[][], typeof credentials | undefined][]) {
    it(`refuses: ${message}`, async () => {
      await expect(socks5Connect(new Scripted(...answers), target, given)).rejects.toMatchObject({ name: 'ProxyRefused', message })
    })
  }

  it('refuses what does not fit into its messages', async () => {
    const long = 'x'.repeat(256)
    await expect(socks5Connect(new Scripted(), target, { username: long, password: '' })).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(socks5Connect(new Scripted([5, 0]), { ...target, host: long }, undefined)).rejects.toMatchObject({ name: 'ApiMisuse' })
  })
})

/** A proxy that has one answer for each request. */
class Scripted extends Duplex {
  readonly asked: number[][] = []
  readonly #answers: number[][]
  size = 1_000_000

  constructor(...answers: number[][]) {
    super()
    this.#answers = answers
  }

  override _read(): void {}

  override _write(octets: Buffer, _: string, done: () => void): void {
    this.asked.push([...octets])
    const answer = Buffer.from(this.#answers.shift() ?? [])
    for (let at = 0; at < answer.length; at += this.size) this.push(answer.subarray(at, at + this.size))
    done()
  }
}
