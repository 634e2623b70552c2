import { describe, expect, it } from 'vitest'
import { Invocation, InvocationLife } from '../../src/session/invocation.ts'

describe('Invocation', () => {
  it('hands progressive results on while it lasts, to callers that take them', () => {
    const yielded: unknown[] = []
    const life = lifeOf(value => yielded.push(value))
    const wanted = new Invocation([], {}, { receive_progress: true }, 'a', life)
    const unwanted = new Invocation([], {}, {}, 'a', life)
    wanted.progress(1)
    unwanted.progress(2)
    life.over()
    wanted.progress(3)
    expect(yielded).toEqual([1])
    expect([wanted.wantsProgress, unwanted.wantsProgress]).toEqual([true, false])
  })

  it('keeps its life with other arguments', () => {
    const life = lifeOf()
    const other = new Invocation(['1'], {}, { caller: 3 }, 'a', life).with([1], { b: 2 })
    life.abort(new Error('gone'))
    expect(other).toMatchObject({ args: [1], kwargs: { b: 2 }, details: { caller: 3 }, procedure: 'a' })
    expect(other.signal.reason).toMatchObject({ message: 'gone' })
  })

  it('has no chunks where the caller sends arguments alone', async () => {
    for await (const chunk of new Invocation([], {}, {}, 'a', lifeOf()).chunks) expect.unreachable(String(chunk))
  })
})

describe('InvocationLife', () => {
  it('is aborted once, and not after its end', () => {
    const life = lifeOf()
    const { signal } = life
    life.abort('first')
    life.abort('second')
    expect([signal.aborted, signal.reason, life.reason]).toEqual([true, 'first', { error: 'first' }])
    const over = lifeOf()
    over.over()
    over.abort('late')
    expect([over.signal.aborted, over.isOver, over.reason]).toEqual([false, true, undefined])
  })

  it('forgets its timer at its end', () => {
    const life = lifeOf()
    let isForgotten = false
    life.forget = () => {
      isForgotten = true
    }
    life.over()
    expect(isForgotten).toBe(true)
  })
})

function lifeOf(yielded: (value: unknown) => void = () => {}): InvocationLife {
  return new InvocationLife(1, false, 10, (_, value) => yielded(value))
}
