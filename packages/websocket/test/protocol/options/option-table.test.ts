import { describe, expect, it } from 'vitest'
import {
  defaultsOf,
  explained,
  type OptionSettings,
  type OptionTable,
  optionRule,
  optionSetting,
  resolveOptions,
} from '../../../src/protocol/options/option-table.ts'

interface Options {
  readonly size: number
  readonly isLoud: boolean
}

const table: OptionTable<Options> = {
  size: optionRule(1, 'How large.', 'Small is cheap.', 'a number', value => typeof value === 'number'),
  isLoud: optionRule(false, 'How loud.', 'Others sleep.', 'true or false', value => typeof value === 'boolean'),
}
const defaults = defaultsOf(table)

describe('defaultsOf', () => {
  it('gives each option its default', () => {
    expect(defaults).toEqual({ size: 1, isLoud: false })
  })
})

describe('resolveOptions', () => {
  it('completes what was given with what was before', () => {
    const once = resolveOptions(table, defaults, { size: 2 })
    expect(resolveOptions(table, once, { isLoud: true })).toEqual({ size: 2, isLoud: true })
    expect(defaults).toEqual({ size: 1, isLoud: false })
  })

  it('treats an option set to undefined as missing', () => {
    expect(resolveOptions(table, defaults, { size: undefined } as unknown as Partial<Options>)).toEqual(defaults)
  })

  it('refuses a name that is not an option, also one that every object has', () => {
    for (const name of ['length', 'constructor', 'toString', 'hasOwnProperty', '__proto__']) {
      expect(() => resolveOptions(table, defaults, JSON.parse(`{"${name}": 1}`)), name).toThrow(`there is no option ${name}`)
    }
  })

  it('says what was meant by a name that is misspelled, or what there is', () => {
    const given = (options: object) => () => resolveOptions(table, defaults, options)
    expect(given({ isloud: true })).toThrow('there is no option isloud; did you mean isLoud?')
    expect(given({ colour: 1 })).toThrow('there is no option colour; there are size, isLoud')
  })

  it('refuses options that an object inherits, which would be ignored', () => {
    expect(() => resolveOptions(table, defaults, Object.create({ size: 3 }))).toThrow(
      'option size is inherited, and must be a property of the object',
    )
  })

  it('names the wrong option, the values that it takes, and the value that it got', () => {
    const given = (options: object) => () => resolveOptions(table, defaults, options)
    expect(given({ size: 'big' })).toThrow('option size must be a number, and not "big"')
    expect(given({ size: null })).toThrow('option size must be a number, and not null')
    expect(given({ isLoud: Object.create(null) })).toThrow('option isLoud must be true or false, and not [object Object]')
  })
})

describe('explained', () => {
  it('makes the same table as rules with texts', () => {
    const settings: OptionSettings<Options> = {
      size: optionSetting(1, 'a number', table.size.holds),
      isLoud: optionSetting(false, 'true or false', table.isLoud.holds),
    }
    expect(defaultsOf(settings)).toEqual(defaults)
    expect(explained<Options>(settings, { size: ['How large.', 'Small is cheap.'], isLoud: ['How loud.', 'Others sleep.'] })).toEqual(table)
  })
})
