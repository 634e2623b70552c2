import { Blob } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { SendOrder } from '../../src/node/send-order.ts'

describe('SendOrder', () => {
  it('runs steps at once, and behind a Blob that is being read', async () => {
    const order = new SendOrder()
    const log: string[] = []
    order.add(() => log.push('first'))
    order.addBlob(new Blob(['second']), octets => log.push(octets.toString()), unused())
    order.add(() => log.push('third'), { octets: 5 })
    order.addBlob(new Blob(['fourth']), octets => log.push(octets.toString()), unused())
    expect({ log: [...log], isWaiting: order.isWaiting, octets: order.octets }).toEqual({
      log: ['first'],
      isWaiting: true,
      octets: 6 + 5 + 6,
    })
    await new Promise<void>(resolve => order.add(resolve))
    expect({ log, octets: order.octets, isWaiting: order.isWaiting }).toEqual({
      log: ['first', 'second', 'third', 'fourth'],
      octets: 0,
      isWaiting: false,
    })
  })

  it('tells all that waited when it is abandoned, and sends nothing of it', async () => {
    const order = new SendOrder()
    const log: string[] = []
    order.addBlob(new Blob(['x']), () => log.push('sent'), { abandoned: () => log.push('one'), failed: () => log.push('failed') })
    order.add(() => log.push('sent too'), { octets: 1, abandoned: () => log.push('two') })
    order.abandon()
    expect(order.octets).toBe(0)
    await new Promise<void>(resolve => order.add(() => {}, { abandoned: resolve }))
    expect({ log, octets: order.octets }).toEqual({ log: ['one', 'two'], octets: 0 })
  })

  it('tells of a Blob that cannot be read, and goes on', async () => {
    const order = new SendOrder()
    const broken = { size: 3, arrayBuffer: () => Promise.reject(new Error('cannot be read')) } as unknown as Blob
    const failed = new Promise(resolve => order.addBlob(broken, () => {}, { abandoned: () => {}, failed: resolve }))
    const behind = new Promise<void>(resolve => order.add(resolve))
    expect(await failed).toEqual(new Error('cannot be read'))
    await behind
    expect(order.octets).toBe(0)
  })
})

function unused(): { abandoned(): void; failed(): void } {
  return { abandoned: () => {}, failed: () => {} }
}
