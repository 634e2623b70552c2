import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { anyValue, checkOptions, optionCheck, unknownOption } from '../../../src/protocol/checks/check-options.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'

interface Options {
  readonly timeout?: number
  readonly signal?: AbortSignal
}

const checks = {
  timeout: optionCheck('a number', value => typeof value === 'number'),
  signal: anyValue,
}
const check = (given: unknown) => () => checkOptions<Options>(given, checks, 'connectWS')

describe('checkOptions', () => {
  it('accepts nothing, an empty object, known names with their values, and undefined for a value', () => {
    for (const given of [undefined, {}, Object.create(null), { timeout: 3 }, { timeout: undefined, signal: 'anything' }]) {
      expect(check(given)).not.toThrow()
    }
  })

  it('refuses a misspelt name and says which one was meant', () => {
    expect(check({ timeOut: 3 })).toThrow(new ApiMisuse('there is no option timeOut of connectWS; did you mean timeout?'))
    expect(check({ signla: 3 })).toThrow('did you mean signal?')
  })

  it('refuses a misspelt name also where its value is undefined', () => {
    expect(check({ timeOut: undefined })).toThrow('did you mean timeout?')
  })

  it('refuses a name that is like no other and lists all names', () => {
    expect(check({ colour: 3 })).toThrow('there is no option colour of connectWS; there are timeout, signal')
  })

  it('refuses names that every object inherits', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(check(JSON.parse(`{"${name}": 1}`)), name).toThrow(`there is no option ${name}`)
    }
  })

  it('refuses options that the object inherits: copies of it do not have them', () => {
    class Given {
      get timeout(): number {
        return 3
      }
    }
    for (const given of [Object.create({ timeout: 3 }), Object.create(Object.create({ timeout: 'x' })), new Given()])
      expect(check(given)).toThrow(new ApiMisuse('option timeout is inherited, and must be a property of the object itself'))
  })

  it('takes the object of a class with options of its own, and one of another realm', () => {
    class Given {
      readonly timeout = 3
    }
    for (const given of [new Given(), runInNewContext('({ timeout: 3 })')]) expect(check(given)).not.toThrow()
  })

  it('refuses a value that the option does not take', () => {
    expect(check({ timeout: '3' })).toThrow(new ApiMisuse('option timeout must be a number, and not "3"'))
  })

  for (const [kind, given, shown] of [
    ['a string', 'x', '"x"'],
    ['true', true, 'true'],
    ['null', null, 'null'],
    ['a list', [1], '[1]'],
    ['a function', function handler() {}, 'the function handler'],
    ['octets', new Uint8Array(1), '[object Uint8Array]'],
    ['a URL', new URL('ws://a'), '[object URL]'],
  ] as const) {
    it(`refuses ${kind} in place of the object and names the options`, () => {
      expect(check(given)).toThrow(new ApiMisuse(`the options of connectWS must be an object (with timeout, signal), and not ${shown}`))
    })
  }

  for (const [kind, given, shown, written] of [
    ['a number', 30, '30', '{ timeout: 30 }'],
    ['a signal', new AbortController().signal, '[object AbortSignal]', '{ signal }'],
  ] as const) {
    it(`refuses ${kind} in place of the object and writes the object`, () => {
      expect(check(given)).toThrow(new ApiMisuse(`the options of connectWS must be an object, and not ${shown}: write ${written}`))
    })
  }

  it('refuses an option that cannot be read, and keeps the error', () => {
    const cause = new Error('locked')
    const broken = {
      get timeout(): number {
        throw cause
      },
    }
    const noKeys = new Proxy({}, { ownKeys: () => ['timeout', 'timeout'] })
    expect(check(broken)).toThrow(new ApiMisuse('the options of connectWS cannot be read: locked', { cause }))
    expect(check(noKeys)).toThrow(ApiMisuse)
  })

  it('names no function in its errors where none was passed', () => {
    expect(() => checkOptions<Options>('x', checks)).toThrow('options must be an object (with timeout, signal), and not "x"')
    expect(() => checkOptions<Options>({ x: 3 }, checks)).toThrow('there is no option x; there are timeout, signal')
  })

  it('reads own properties only', () => {
    expect(check(Object.create({ timeOut: 3 }))).not.toThrow()
  })
})

describe('unknownOption', () => {
  it('names the option that was meant, or all', () => {
    expect(unknownOption('prot', ['host', 'port'], 'listenWS')).toBe('there is no option prot of listenWS; did you mean port?')
    expect(unknownOption('x', ['host', 'port'])).toBe('there is no option x; there are host, port')
  })

  it('lists no names where they are many', () => {
    const many = Array.from({ length: 17 }, (_, at) => `option${at}`)
    expect(unknownOption('x', many, 'serve')).toBe('there is no option x of serve; no option has a name like it')
  })

  it('tells the place of an option that another function has, before a name that is spelt alike', () => {
    expect(unknownOption('reconnect', ['timeout'], 'connectWS')).toBe(
      'there is no option reconnect of connectWS; it is an option of connect',
    )
    expect(unknownOption('port', ['ports'])).toBe('there is no option port; it is an option of serve and of listenWS')
  })
})
