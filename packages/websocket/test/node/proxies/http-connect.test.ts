import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { httpConnect } from '../../../src/node/proxies/http-connect.ts'

const target = { host: 'a.example', port: 443, isSecure: true }
const plain = { credentials: undefined, headers: undefined }

describe('httpConnect', () => {
  it('asks for the server by name and port, and sends credentials and headers', async () => {
    const asked = await askedOf({ credentials: { username: 'alice', password: 'p:\u00e4' }, headers: { 'X-Tag': '1' } })
    expect(asked).toBe(
      `CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nProxy-Authorization: Basic ${Buffer.from('alice:p:\u00e4').toString('base64')}\r\nX-Tag: 1\r\n\r\n`,
    )
    expect(await askedOf(plain, { host: '::1', port: 1, isSecure: false })).toBe('CONNECT [::1]:1 HTTP/1.1\r\nHost: [::1]:1\r\n\r\n')
    expect(await askedOf({ credentials: undefined, headers: { 'Proxy-Authorization': 'Bearer t' } })).toContain(
      'Proxy-Authorization: Bearer t',
    )
  })

  it('refuses headers that it sets itself, and line breaks', async () => {
    const credentials = { username: 'a', password: 'b' }
    for (const headers of [{ Host: 'b' }, { 'Content-Length': '5' }, { 'X-A': 'b\r\nX-B: c' }])
      await expect(askedOf({ credentials: undefined, headers })).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(askedOf({ credentials, headers: { 'proxy-authorization': 'x' } })).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  for (const answer of [
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.0 200 Connection established\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 \r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    it(`takes ${JSON.stringify(answer)}, however it is cut`, async () => {
      for (const size of [1, 7, 1000]) await httpConnect(new Answering(answer, size), target, plain)
    })
  }

  for (const [answer, message] of [
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'it answered 403 "Forbidden"'],
    ['HTTP/1.1 502 \r\n\r\n', 'it answered 502'],
    ['HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n', 'it answered 302 "Found", and its redirect to "http://evil/" is not followed'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'it answered 101 "Switching"'],
    ['HTTP/1.1 200 OK\r\n\r\n\x81\x00', 'it sent 2 octets of its own behind its answer 200'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'its answer cannot be read: status line "SSH-2.0-OpenSSH" has no status'],
    ['\x05\x00', 'its answer cannot be read: control character 5 in the header'],
    [`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}`, 'its answer cannot be read: more than 16384 octets of header'],
    [`HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(200)}\r\n`, 'its answer cannot be read: more than 100 header lines'],
    ['HTTP/1.1 103 Hints\r\n\r\n'.repeat(10), 'its answer cannot be read: server sent more than 3 interim responses'],
  ] as const) {
    it(`refuses: ${message}`, async () => {
      await expect(httpConnect(new Answering(answer), target, plain)).rejects.toMatchObject({ name: 'ProxyRefused', message })
    })
  }

  it('has the status and the headers of a refusal', async () => {
    const answer = 'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n'
    const error = await httpConnect(new Answering(answer), target, plain).catch((error: unknown) => error)
    expect(error).toMatchObject({ status: 407 })
    expect((error as { headers: Map<string, string> }).headers.get('proxy-authenticate')).toBe('Basic')
  })
})

async function askedOf(proxy: Parameters<typeof httpConnect>[2], to = target): Promise<string> {
  const socket = new Answering('HTTP/1.1 200 OK\r\n\r\n')
  await httpConnect(socket, to, proxy)
  return socket.asked
}

/** A proxy that answers everything in the same way. */
class Answering extends Duplex {
  asked = ''
  readonly #answer: Buffer
  readonly #size: number

  constructor(answer: string, size = answer.length) {
    super()
    this.#answer = Buffer.from(answer, 'latin1')
    this.#size = size
  }

  override _read(): void {}

  override _write(octets: Buffer, _: string, done: () => void): void {
    this.asked += octets.toString('latin1')
    for (let at = 0; at < this.#answer.length; at += this.#size) this.push(this.#answer.subarray(at, at + this.#size))
    done()
  }
}
