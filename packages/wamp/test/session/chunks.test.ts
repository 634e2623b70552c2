import { describe, expect, it } from 'vitest'
import { Chunks } from '../../src/session/chunks.ts'

const one = { args: [1], kwargs: {} }
const two = { args: [2], kwargs: {} }

describe('Chunks', () => {
  it('keep what waits, and hand it over in order', async () => {
    const chunks = new Chunks(2)
    expect([chunks.add(one), chunks.add(two), chunks.add(one)]).toEqual([true, true, false])
    chunks.end()
    expect(await all(chunks)).toEqual([1, 2])
  })

  it('hand over what comes while the reader waits', async () => {
    const chunks = new Chunks(0)
    const reading = all(chunks)
    await Promise.resolve()
    expect(chunks.add(one)).toBe(true)
    chunks.end()
    chunks.end()
    expect(await reading).toEqual([1])
  })

  it('throw the error after which nothing is handed over', async () => {
    const chunks = new Chunks(2)
    chunks.add(one)
    chunks.fail(new Error('interrupted'))
    chunks.fail(new Error('another'))
    expect(chunks.add(two)).toBe(true)
    await expect(all(chunks)).rejects.toThrow('interrupted')
  })

  it('throw it also at a reader that waits', async () => {
    const chunks = new Chunks(2)
    const reading = all(chunks)
    chunks.fail(new Error('interrupted'))
    await expect(reading).rejects.toThrow('interrupted')
  })

  it('end for a reader whose invocation is over', async () => {
    const chunks = new Chunks(2)
    const reading = all(chunks)
    chunks.fail(undefined)
    expect(await reading).toEqual([])
    expect(await all(chunks)).toEqual([])
  })

  it('drop what comes after the reader has left its loop', async () => {
    const chunks = new Chunks(1)
    chunks.add(one)
    for await (const _ of chunks) break
    expect([chunks.add(one), chunks.add(two), chunks.add(two)]).toEqual([true, true, true])
  })
})

async function all(chunks: Chunks): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const chunk of chunks) found.push(chunk)
  return found
}
