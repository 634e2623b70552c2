import fc from 'fast-check'
import { expect, it } from 'vitest'
import { responseBody } from '../../src/transports/response-body.ts'

it('joins the pieces of an answer, however it is cut', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(pieces, async pieces => {
      const body = await responseBody(streamOf(pieces).stream, 1000)
      expect(Buffer.from(body).equals(Buffer.concat(pieces))).toBe(true)
    }),
  )
})

it('takes as many octets as it may, and no more', async () => {
  expect(await responseBody(streamOf([new Uint8Array(6), new Uint8Array(4)]).stream, 10)).toHaveLength(10)
  const tooLarge = streamOf([new Uint8Array(6), new Uint8Array(5), new Uint8Array(5)])
  await expect(responseBody(tooLarge.stream, 10)).rejects.toThrow('an answer is larger than the limit of 10 octets')
  expect(tooLarge.wasCancelled()).toBe(true)
})

it('finds nothing where there is no body', async () => {
  expect(await responseBody(null, 10)).toEqual(new Uint8Array(0))
})

it('rejects with the error of the network', async () => {
  const lost = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: () => Promise.reject(new Error('the connection was lost')) })
  await expect(responseBody(lost, 10)).rejects.toThrow('the connection was lost')
})

/** Makes a stream that has a piece for each time that it is asked. */
function streamOf(pieces: readonly Uint8Array[]): { stream: ReadableStream<Uint8Array<ArrayBuffer>>; wasCancelled(): boolean } {
  const left = [...pieces]
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: controller => {
      const piece = left.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(new Uint8Array(piece))
    },
    cancel: () => {
      isCancelled = true
    },
  })
  return { stream, wasCancelled: () => isCancelled }
}
