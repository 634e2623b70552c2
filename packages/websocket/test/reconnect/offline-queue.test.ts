import { describe, expect, it } from 'vitest'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { OfflineQueue } from '../../src/reconnect/offline-queue.ts'

describe('OfflineQueue', () => {
  it('hands what waits to a connection, in order, with the options of each message', async () => {
    const queue = new OfflineQueue<unknown, { doNotCompress?: boolean; signal?: AbortSignal } | undefined>(10, 1000)
    const waiting = [queue.add('one', undefined), queue.add(Uint8Array.of(2), { doNotCompress: true })]
    const sent: unknown[] = []
    queue.flush(async (...message) => void sent.push(message))
    await Promise.all(waiting)
    expect({ sent, size: queue.size }).toEqual({
      sent: [
        ['one', undefined],
        [Uint8Array.of(2), { doNotCompress: true }],
      ],
      size: 0,
    })
  })

  it('has copied octets, so that their memory may be used again or transferred', async () => {
    const queue = new OfflineQueue<unknown, undefined>(10, 1000)
    const octets = Uint8Array.of(1, 2)
    const buffer = Uint8Array.of(3).buffer
    const waiting = [queue.add(octets, undefined), queue.add(new DataView(octets.buffer, 1), undefined), queue.add(buffer, undefined)]
    octets.fill(9)
    structuredClone(buffer, { transfer: [buffer] })
    const sent: unknown[] = []
    queue.flush(async message => void sent.push(message))
    await Promise.all(waiting)
    expect(sent).toEqual([Uint8Array.of(1, 2), Uint8Array.of(2), Uint8Array.of(3).buffer])
  })

  it('keeps memory that was transferred before as it is, for the connection to refuse', async () => {
    const queue = new OfflineQueue<unknown, undefined>(10, 1000)
    const octets = Uint8Array.of(1)
    structuredClone(octets.buffer, { transfer: [octets.buffer] })
    const waiting = queue.add(octets, undefined)
    const sent: unknown[] = []
    queue.flush(async message => void sent.push(message))
    await waiting
    expect(sent).toHaveLength(1)
    expect(sent[0]).toBe(octets)
  })

  it('settles a message as the connection does that sends it', async () => {
    const queue = new OfflineQueue<unknown, { doNotCompress?: boolean; signal?: AbortSignal } | undefined>(10, 1000)
    const waiting = queue.add('lost', undefined)
    queue.flush(() => Promise.reject(new Error('lost again')))
    await expect(waiting).rejects.toThrow('lost again')
    queue.flush(() => Promise.reject(new Error('sent twice')))
  })

  it('refuses what is not a signal, and options that cannot be read', () => {
    const queue = new OfflineQueue<unknown, { readonly signal?: AbortSignal } | undefined>(1, 100)
    const broken = {
      get signal(): AbortSignal {
        throw new Error('locked')
      },
    }
    expect(() => queue.add('a', { signal: 5 as never })).toThrow(new ApiMisuse('option signal must be an AbortSignal, and not 5'))
    expect(() => queue.add('a', { signal: {} as never })).toThrow(ApiMisuse)
    expect(() => queue.add('a', broken)).toThrow(new ApiMisuse('the options of send cannot be read'))
    expect(queue.size).toBe(0)
  })

  it('refuses more messages, and more octets, than may wait', async () => {
    const queue = new OfflineQueue<unknown, { doNotCompress?: boolean; signal?: AbortSignal } | undefined>(2, 6)
    const first = queue.add('ä', undefined)
    await expect(queue.add(new ArrayBuffer(5), undefined)).rejects.toMatchObject({
      name: 'ConnectionClosed',
      closeCode: 1006,
      message: 'there is no connection, and more than 6 octets would wait (option queueSize of reconnect)',
    })
    const second = queue.add(new Blob(['1234']), undefined)
    await expect(queue.add('', undefined)).rejects.toThrow('there is no connection, and the queue has room for 2 messages')
    expect(queue.size).toBe(6)
    queue.end(new Error('over'))
    await expect(first).rejects.toThrow('over')
    await expect(second).rejects.toThrow('over')
    expect(queue.size).toBe(0)
    await expect(queue.add('late', undefined)).rejects.toThrow('over')
  })

  it('does not keep a message whose signal is aborted already, or is not a signal', async () => {
    const queue = new OfflineQueue<unknown, { signal: AbortSignal } | undefined>(1, 1000)
    await expect(queue.add('late', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    expect(() => queue.add('wrong', { signal: 5 as unknown as AbortSignal })).toThrow(ApiMisuse)
    const waiting = queue.add('sent', undefined)
    const sent: unknown[] = []
    queue.flush(async message => void sent.push(message))
    await waiting
    expect(sent).toEqual(['sent'])
  })

  it('does not send a message whose signal was aborted meanwhile, and frees its place', async () => {
    const queue = new OfflineQueue<unknown, { signal: AbortSignal } | undefined>(1, 1000)
    const controller = new AbortController()
    const given = queue.add('given up', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    expect(queue.size).toBe(0)
    const kept = new AbortController()
    const waiting = queue.add('sent', { signal: kept.signal })
    const sent: unknown[] = []
    queue.flush(async message => void sent.push(message))
    kept.abort()
    await waiting
    expect(sent).toEqual(['sent'])
  })

  it('lets nothing wait where it may have no messages, and never lets a source of octets wait', async () => {
    const never = new OfflineQueue<unknown, { doNotCompress?: boolean; signal?: AbortSignal } | undefined>(0, 1000)
    await expect(never.add('one', undefined)).rejects.toThrow('messages do not wait for one (option queue of reconnect)')
    const queue = new OfflineQueue<unknown, { doNotCompress?: boolean; signal?: AbortSignal } | undefined>(1, 1000)
    await expect(queue.add([Uint8Array.of(1)], undefined)).rejects.toThrow('only whole messages wait for one')
    expect(() => queue.add(7, undefined)).toThrow('a message must be a string or octets, and not 7')
  })
})
