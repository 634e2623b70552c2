import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Gap, GapWatch } from '../../src/wire/gap-watch.ts'

describe('GapWatch', () => {
  it('counts each message that is lost once, by the next message or by a list, whichever are lost', () => {
    const steps = fc.array(fc.record({ isLost: fc.boolean(), isListed: fc.boolean() }), { maxLength: 40 })
    fc.assert(
      fc.property(steps, steps => {
        const { watch, gaps } = watched()
        watch.received('all', 'a', 'p', 1)
        let number = 1
        let lost = 0
        for (const { isLost, isListed } of steps) {
          number++
          if (isLost) lost++
          else for (const asker of ['all', 'exact']) watch.received(asker, 'a', 'p', number)
          if (isListed) watch.listed('a', 'p', number)
        }
        watch.listed('a', 'p', number)
        expect(gaps.reduce((sum, { missing }) => sum + Number(missing), 0)).toBe(lost)
        expect(gaps.every(({ subject, publisher }) => subject === 'a' && publisher === 'p')).toBe(true)
      }),
    )
  })

  it('begins with the first number of a publisher, which may have published before it was asked', () => {
    const { watch, gaps } = watched()
    watch.begin('exact', 'a')
    watch.received('exact', 'a', 'p', 7)
    watch.listed('a', 'q', 3)
    watch.received('exact', 'a', 'q', 4)
    expect(gaps).toEqual([])
  })

  it('says that it is not known where the first number comes after the link was away', () => {
    const { watch, gaps } = watched()
    for (const subject of ['a', 'b', 'c']) watch.begin('exact', subject)
    watch.cut()
    watch.received('exact', 'a', 'p', 7)
    watch.listed('b', 'p', 2)
    watch.received('exact', 'c', 'p', 1)
    expect(gaps).toEqual(['a', 'b'].map(subject => ({ subject, publisher: 'p', missing: 'unknown' })))
  })

  it('watches a subject while one of its patterns is asked for', () => {
    const { watch, gaps } = watched()
    watch.begin('exact', 'a')
    watch.received('all', 'a', 'p', 1)
    watch.end('exact')
    watch.listed('a', 'p', 2)
    watch.end('all')
    watch.listed('a', 'p', 9)
    watch.received('exact', 'a', 'p', 20)
    expect(gaps).toEqual([{ subject: 'a', publisher: 'p', missing: 1 }])
  })

  it('lets a publisher begin again with 1, after it has forgotten the subject', () => {
    const { watch, gaps } = watched()
    for (const number of [1, 2, 1, 2]) watch.received('exact', 'a', 'p', number)
    watch.received('exact', 'a', 'p', 4)
    expect(gaps).toEqual([{ subject: 'a', publisher: 'p', missing: 1 }])
  })

  it('says what may be lost of a publisher that has ended without a word, if it published shortly before', () => {
    const { watch, gaps, clock } = watched()
    watch.received('exact', 'long ago', 'p', 1)
    clock.now += 20_000
    watch.received('exact', 'lately', 'p', 1)
    watch.received('exact', 'lately', 'polite', 1)
    watch.gone('polite', true)
    watch.gone('p', false)
    watch.gone('p', false)
    expect(gaps).toEqual([{ subject: 'lately', publisher: 'p', missing: 'unknown' }])
  })
})

function watched(): { readonly watch: GapWatchByName; readonly gaps: Gap[]; readonly clock: { now: number } } {
  const gaps: Gap[] = []
  const clock = { now: 0 }
  return {
    watch: new GapWatchByName(
      gap => gaps.push(gap),
      () => clock.now,
    ),
    gaps,
    clock,
  }
}

/** A watch whose patterns have names. */
class GapWatchByName {
  readonly #watch: GapWatch
  readonly #askers = new Map<string, object>()

  constructor(...parameters: ConstructorParameters<typeof GapWatch>) {
    this.#watch = new GapWatch(...parameters)
  }

  begin(asker: string, subject: string): void {
    this.#watch.begin(this.#asker(asker), subject)
  }

  end(asker: string): void {
    this.#watch.end(this.#asker(asker))
  }

  received(asker: string, subject: string, publisher: string, number: number): void {
    this.#watch.received(this.#asker(asker), subject, publisher, number)
  }

  listed(subject: string, publisher: string, number: number): void {
    this.#watch.listed(subject, publisher, number)
  }

  cut(): void {
    this.#watch.cut()
  }

  gone(publisher: string, saidGoodbye: boolean): void {
    this.#watch.gone(publisher, saidGoodbye)
  }

  #asker(name: string): object {
    const asker = this.#askers.get(name) ?? {}
    this.#askers.set(name, asker)
    return asker
  }
}
