import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SignedRequests, signRequest } from '../../../src/node/rest/signed-requests.ts'

const key = { key: 'foobar', secret: 'secret' }
const body = new TextEncoder().encode('{"topic":"com.example.topic","args":[1]}')
const now = Date.parse('2026-11-30T12:00:00.000Z')

describe('signRequest', () => {
  it('signs key, time, number, nonce and body by HMAC-SHA256, in the URL-safe alphabet', () => {
    const signed = signRequest(key, body, 7, now)
    const { timestamp, seq, nonce, signature } = signed
    expect([signed.key, timestamp, seq]).toEqual(['foobar', '2026-11-30T12:00:00.000Z', '7'])
    const text = `foobar${timestamp}${seq}${nonce}${new TextDecoder().decode(body)}`
    expect(signature).toBe(createHmac('sha256', 'secret').update(text).digest('base64url'))
    expect(signRequest(key, new TextDecoder().decode(body), 7, now).signature).toMatch(/^[\w-]{43}$/)
  })
})

it('signRequest says what it needs, and does not show a secret', () => {
  for (const by of [undefined, null, 'key', {}, { key: 'key' }, { key: 'key', secret: 5 }])
    expect(() => signRequest(by as never, 'body')).toThrow(/^signRequest needs \{ key, secret \}, both strings$/)
  expect(() => signRequest({ key: 'key', secret: 'secret' }, 5 as never)).toThrow(
    /^the body of signRequest must be a string or a Uint8Array, and not 5$/,
  )
})

describe('SignedRequests', () => {
  it('takes a signed request once, with or without padding', () => {
    const requests = made()
    const signed = signRequest(key, body, 1, now)
    requests.check(query({ ...signed, signature: `${signed.signature}=` }), body)
    expect(() => requests.check(query(signed), body)).toThrow('this signed request has come before')
    requests.check(query(signRequest(key, body, 2, now)), body)
  })

  for (const name of ['key', 'timestamp', 'seq', 'nonce', 'signature'] as const) {
    it(`refuses a request without ${name}, and one with two`, () => {
      const { [name]: _, ...rest } = signRequest(key, body, 1, now)
      expect(() => made().check(query(rest), body)).toThrow(`a signed request needs ${name} once in its query`)
      const twice = query(signRequest(key, body, 1, now))
      twice.append(name, 'x')
      expect(() => made().check(twice, body)).toThrow(`a signed request needs ${name} once in its query`)
    })

    it(`refuses a request with another ${name}`, () => {
      const others = { key: 'other', timestamp: '2026-11-30T12:00:01.000Z', seq: '2', nonce: '5', signature: 'AAAA' }
      const changed = { ...signRequest(key, body, 1, now), [name]: others[name] }
      expect(() => made().check(query(changed), body)).toThrow(expect.objectContaining({ status: 401 }))
    })
  }

  it('refuses another body, and the right signature of another secret', () => {
    expect(() => made().check(query(signRequest(key, 'another', 1, now)), body)).toThrow('the signature of the request is not valid')
    const stranger = signRequest({ ...key, secret: 'guess' }, body, 1, now)
    expect(() => made().check(query(stranger), body)).toThrow('the signature of the request is not valid')
  })

  it('refuses a time that differs by more than the limit, in both directions', () => {
    for (const time of [now - 300_001, now + 300_001])
      expect(() => made().check(query(signRequest(key, body, 1, time)), body)).toThrow('the timestamp differs by more than 300 s from ours')
    for (const time of [now - 300_000, now + 300_000]) made().check(query(signRequest(key, body, 1, time)), body)
  })

  for (const [name, value] of [
    ['timestamp', 'yesterday'],
    ['timestamp', '2026-11-30 12:00:00'],
    ['timestamp', '2026-13-30T12:00:00.000Z'],
    ['seq', 'one'],
    ['nonce', '-1'],
  ] as const) {
    it(`refuses ${name} ${value}`, () => {
      const changed = { ...signRequest(key, body, 1, now), [name]: value }
      expect(() => made().check(query(changed), body)).toThrow(expect.objectContaining({ status: 400 }))
    })
  }

  it('remembers a signature as long as its request is in time, to the last millisecond', () => {
    let time = now
    const requests = new SignedRequests([key], 300, () => time)
    const signed = signRequest(key, body, 1, now + 300_000)
    requests.check(query(signed), body)
    time += 600_000
    expect(() => requests.check(query(signed), body)).toThrow('this signed request has come before')
  })

  it('forgets signatures that are too old to be taken', () => {
    let time = now
    const requests = new SignedRequests([key], 300, () => time)
    const signed = signRequest(key, body, 1, now)
    requests.check(query(signed), body)
    time += 600_001
    expect(() => requests.check(query(signed), body)).toThrow('the timestamp differs')
    requests.check(query(signRequest(key, body, 1, time)), body)
  })
})

function made(): SignedRequests {
  return new SignedRequests([key], 300, () => now)
}

function query(fields: object): URLSearchParams {
  return new URLSearchParams(fields as Record<string, string>)
}
