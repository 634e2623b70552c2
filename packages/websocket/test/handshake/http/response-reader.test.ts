import { describe, expect, it } from 'vitest'
import { decodeLatin1, encodeLatin1 } from '../../../src/handshake/http/latin1.ts'
import { type ReceivedResponse, ResponseReader } from '../../../src/handshake/http/response-reader.ts'

const early = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'
const final = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'

describe('ResponseReader', () => {
  it('gives the response and the octets behind it', () => {
    const { head, rest } = read(`${final}\x81\x00`)!
    expect(head.status).toBe(101)
    expect(head.headers.get('upgrade')).toBe('websocket')
    expect(decodeLatin1(rest)).toBe('\x81\x00')
  })

  it('passes over three interim responses, however the octets are cut', () => {
    const octets = `HTTP/1.1 100\r\n\r\n${early}${early}${final}`
    for (let cut = 0; cut <= octets.length; cut++) {
      expect(read(octets.slice(0, cut), octets.slice(cut))?.head.status, `cut at ${cut}`).toBe(101)
    }
  })

  it('waits for the final response', () => {
    expect(read(early, final.slice(0, -1))).toBeUndefined()
  })

  it('refuses endless interim responses', () => {
    expect(() => read(early.repeat(4))).toThrowError(failed('server sent more than 3 interim responses'))
  })

  it('counts interim responses into the one limit of size', () => {
    expect(new ResponseReader(early.length + final.length, 10).push(encodeLatin1(early + final))?.head.status).toBe(101)
    expect(() => new ResponseReader(early.length + final.length - 1, 10).push(encodeLatin1(early + final))).toThrowError(
      failed(`more than ${final.length - 1} octets of header`),
    )
    const full = new ResponseReader(early.length, 10)
    expect(() => full.push(encodeLatin1(early))).toThrowError(failed('no end of header within 0 octets'))
  })

  it('refuses huge headers', () => {
    expect(() => read(`HTTP/1.1 101 X\r\nA: ${'x'.repeat(100_000)}`)).toThrowError(failed('more than 16384 octets of header'))
    expect(() => read(`HTTP/1.1 101 X\r\n${'A: x\r\n'.repeat(101)}`)).toThrowError(failed('more than 100 header lines'))
  })

  it('refuses a response that is not HTTP', () => {
    expect(() => read('SSH-2.0-OpenSSH_9.6\r\n\r\n')).toThrowError(failed('status line "SSH-2.0-OpenSSH_9.6" has no status'))
    expect(() => read('\x16\x03\x01')).toThrowError(failed('control character 22 in the header'))
  })
})

function read(...pieces: readonly string[]): ReceivedResponse | undefined {
  const reader = new ResponseReader(16 * 1024, 100)
  for (const piece of pieces) {
    const response = reader.push(encodeLatin1(piece))
    if (response !== undefined) return response
  }
  return undefined
}

function failed(message: string): unknown {
  return expect.objectContaining({ name: 'HandshakeFailed', message })
}
