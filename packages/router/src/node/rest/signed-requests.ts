import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import { RequestRefused } from './request-refused.ts'

/** A key, and its secret. */
export interface RestKey {
  readonly key: string
  readonly secret: string
}

/** The fields of a query that sign a request. */
export interface RequestSignature {
  readonly key: string
  /** UTC by ISO 8601 with milliseconds: `2026-11-30T12:00:00.000Z`. */
  readonly timestamp: string
  readonly seq: string
  readonly nonce: string
  /** HMAC-SHA256 of the four texts above and the body, by the secret, in the URL-safe alphabet of base64. */
  readonly signature: string
}

/** Signs a request, as Crossbar's HTTP bridge wants it: `new URLSearchParams({ ...signRequest(key, body) })` is its query. */
export function signRequest(by: RestKey, body: string | Uint8Array, seq = 1, time: number = Date.now()): RequestSignature {
  const { key, secret } = (by ?? {}) as Partial<RestKey>
  // the secret is not shown
  if (typeof key !== 'string' || typeof secret !== 'string') throw new ApiMisuse('signRequest needs { key, secret }, both strings')
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new ApiMisuse(`the body of signRequest must be a string or a Uint8Array, and not ${shownValue(body)}`)
  const timestamp = new Date(time).toISOString()
  const nonce = String(randomInt(2 ** 47))
  const fields = { key, timestamp, seq: String(seq), nonce }
  const octets = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return { ...fields, signature: signatureOf(secret, fields, octets).toString('base64url') }
}

/** Checks signed requests. A signature is taken once: those of the time in which they would be valid are remembered. */
export class SignedRequests {
  readonly #secrets: ReadonlyMap<string, string>
  readonly #maxDifference: number
  readonly #today: () => number
  /** Signatures by the last time in milliseconds at which they are valid, oldest first. */
  readonly #taken = new Map<string, number>()

  constructor(keys: readonly RestKey[], maxTimeDifference: number, today: () => number) {
    this.#secrets = new Map(keys.map(({ key, secret }) => [key, secret]))
    this.#maxDifference = maxTimeDifference * 1000
    this.#today = today
  }

  /** Throws `RequestRefused` for a request that is not signed, not by a known key, too old, or that has come before. */
  check(query: URLSearchParams, body: Uint8Array): void {
    const fields = {
      key: field(query, 'key'),
      timestamp: field(query, 'timestamp'),
      seq: field(query, 'seq'),
      nonce: field(query, 'nonce'),
    }
    const signature = field(query, 'signature').replace(/=+$/, '')
    for (const name of ['seq', 'nonce'] as const)
      if (!/^\d{1,20}$/.test(fields[name])) throw new RequestRefused(400, `${name} of a signed request must be a whole number`)
    const difference = this.#differenceOf(fields.timestamp)
    const secret = this.#secrets.get(fields.key)
    // an unknown key costs what a known one costs
    const computed = signatureOf(secret ?? 'unknown', fields, body)
    const isRight = sameOctets(Buffer.from(signature, 'base64url'), computed)
    if (secret === undefined || !isRight) throw new RequestRefused(401, 'the signature of the request is not valid')
    if (difference > this.#maxDifference)
      throw new RequestRefused(400, `the timestamp differs by more than ${this.#maxDifference / 1000} s from ours`)
    this.#takeOnce(computed.toString('base64url'))
  }

  #differenceOf(timestamp: string): number {
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN
    if (Number.isNaN(time)) throw new RequestRefused(400, 'timestamp of a signed request must be UTC such as 2026-11-30T12:00:00.000Z')
    return Math.abs(this.#today() - time)
  }

  #takeOnce(signature: string): void {
    const now = this.#today()
    for (const [taken, until] of this.#taken) {
      if (until >= now) break
      this.#taken.delete(taken)
    }
    if (this.#taken.has(signature)) throw new RequestRefused(401, 'this signed request has come before')
    // to forget one before its time would let it be sent again
    if (this.#taken.size >= mostTaken) throw new RequestRefused(503, 'too many signed requests within a short time')
    this.#taken.set(signature, now + 2 * this.#maxDifference)
  }
}

function field(query: URLSearchParams, name: string): string {
  const values = query.getAll(name)
  if (values.length !== 1) throw new RequestRefused(400, `a signed request needs ${name} once in its query`)
  return values[0]!
}

function signatureOf(secret: string, { key, timestamp, seq, nonce }: Omit<RequestSignature, 'signature'>, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(key).update(timestamp).update(seq).update(nonce).update(body).digest()
}

function sameOctets(given: Uint8Array, wanted: Uint8Array): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** The number of signatures that are remembered at once, some 20 MB; more requests are refused. */
const mostTaken = 100_000
