import { describe, expect, it } from 'vitest'
import { calm } from '../../src/conversation/calm.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { quiet } from '../application/memory-link.ts'

describe('calm', () => {
  it('has the outcome of its promise', async () => {
    expect(await calm(Promise.resolve(5))).toBe(5)
    await expect(calm(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it('leaves no rejection with ConnectionClosed unhandled, and every other one', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    const broken = new Error('broken')
    void calm(Promise.reject(new ConnectionClosed(1006, 'gone')))
    void calm(Promise.reject(broken))
    await quiet()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([broken])
  })
})
