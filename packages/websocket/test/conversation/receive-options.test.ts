import { describe, expect, it } from 'vitest'
import { checkReceiveOptions, type ReceiveOptions } from '../../src/conversation/receive-options.ts'

describe('checkReceiveOptions', () => {
  for (const options of [
    {},
    { timeout: 0 },
    { timeout: 0.5 },
    { timeout: Infinity },
    { signal: new AbortController().signal },
    { signal: undefined },
  ]) {
    it(`takes ${JSON.stringify(options)}`, () => {
      expect(() => checkReceiveOptions(options as ReceiveOptions)).not.toThrow()
    })
  }

  for (const [options, message] of [
    [5, 'the options of receive must be an object, and not 5: write { timeout: 5 }'],
    [new AbortController().signal, 'the options of receive must be an object, and not [object AbortSignal]: write { signal }'],
    [{ timeOut: 5 }, 'there is no option timeOut of receive; did you mean timeout?'],
    [{ timeout: -1 }, 'option timeout must be a number of seconds, 0 or more, and not -1'],
    [{ timeout: NaN }, 'option timeout must be a number of seconds, 0 or more, and not NaN'],
    [{ timeout: '5' }, 'option timeout must be a number of seconds, 0 or more, and not "5"'],
    [{ signal: {} }, 'option signal must be an AbortSignal, and not [object Object]'],
  ] as const) {
    it(`refuses: ${message}`, () => {
      expect(() => checkReceiveOptions(options as ReceiveOptions)).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
    })
  }
})
