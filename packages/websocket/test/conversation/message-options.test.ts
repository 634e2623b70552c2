import { describe, expect, it } from 'vitest'
import { checkMessageOptions } from '../../src/conversation/message-options.ts'

describe('checkMessageOptions', () => {
  it('accepts every option, also those that are not set', () => {
    checkMessageOptions({ binary: false, fragmentSize: 10, doNotCompress: true, signal: new AbortController().signal })
    checkMessageOptions({ binary: undefined as never })
    checkMessageOptions({})
  })

  for (const [options, message] of [
    [{ fragmentsize: 5 }, 'there is no option fragmentsize of send; did you mean fragmentSize?'],
    [{ binary: 1 }, 'option binary must be true or false, and not 1'],
    [{ doNotCompress: 'yes' }, 'option doNotCompress must be true or false, and not "yes"'],
    [{ signal: {} }, 'option signal must be an AbortSignal, and not [object Object]'],
    [() => undefined, 'the options of send must be an object, and not a function: await the promise that it returns'],
    [5, 'the options of send must be an object (with binary, fragmentSize, doNotCompress, signal), and not 5'],
  ] as const) {
    it(`refuses: ${message}`, () => {
      expect(() => checkMessageOptions(options as never)).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
    })
  }
})
