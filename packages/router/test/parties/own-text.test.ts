import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ownText } from '../../src/parties/own-text.ts'

it('returns an equal text, whatever is in it', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => ownText(text) === text))
  expect(ownText('\ud800')).toBe('\ud800')
})

it('does not keep the text that the given one was cut out of', () => {
  const count = 200
  const kept: string[] = []
  const before = heapUsed()
  for (let n = 0; n < count; n++) kept.push(ownText(`${'x'.repeat(20_000)}${n}`.slice(-100)))
  expect(heapUsed() - before).toBeLessThan(count * 10_000)
  expect(kept.length).toBe(count)
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
