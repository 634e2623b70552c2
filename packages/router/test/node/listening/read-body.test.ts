import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { readBody } from '../../../src/node/listening/read-body.ts'

describe('readBody', () => {
  it('joins the pieces of a body', async () => {
    const { request, clock, body } = made()
    request.write(Buffer.of(1, 2))
    request.end(Buffer.of(3))
    expect(await body).toEqual(Uint8Array.of(1, 2, 3))
    expect(clock.pending).toBe(0)
  })

  it('refuses a body above the limit, announced or not', async () => {
    await expect(made({ 'content-length': '11' }).body).rejects.toMatchObject({ name: 'BodyRefused', status: 413 })
    const { request, body } = made()
    request.write(Buffer.alloc(11))
    await expect(body).rejects.toMatchObject({
      name: 'BodyRefused',
      status: 413,
      message: 'the body is larger than the limit of 10 octets',
    })
  })

  it('refuses a body that does not come in time', async () => {
    const { clock, body } = made()
    clock.advance(5000)
    await expect(body).rejects.toMatchObject({ status: 408 })
  })

  it('rejects where the connection fails or ends', async () => {
    const failed = made()
    failed.request.destroy(new Error('reset'))
    await expect(failed.body).rejects.toThrow('reset')
    const gone = made()
    gone.request.destroy()
    await expect(gone.body).rejects.toThrow('the client is gone')
  })
})

function made(headers: Record<string, string> = {}) {
  const clock = new FakeClock()
  const request = Object.assign(new PassThrough(), { headers })
  return { clock, request, body: readBody(request as unknown as IncomingMessage, 10, clock, 5) }
}
