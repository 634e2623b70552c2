import { describe, expect, it } from 'vitest'
import { MetaArguments, MetaFailure } from '../../src/realm/meta-arguments.ts'

const of = (args: readonly unknown[], kwargs = {}) => new MetaArguments({ args, kwargs })

describe('MetaArguments', () => {
  it('reads arguments by place, or by name', () => {
    expect(of([7]).id(0, 'session')).toBe(7)
    expect(of([], { session: 7 }).id(0, 'session')).toBe(7)
    expect(of(['x']).text(0, 'topic')).toBe('x')
    expect(of([]).optionalText(0, 'reason')).toBeUndefined()
    expect(of([null]).optionalTexts(0, 'roles')).toBeUndefined()
    expect(of([['a']]).optionalTexts(0, 'roles')).toEqual(['a'])
    expect(of([]).optionalDict(0, 'options')).toEqual({})
    expect(of([]).list(0, 'args')).toEqual([])
    expect(new MetaArguments(undefined).keywordText('reason')).toBeUndefined()
  })

  it.each<[string, (args: MetaArguments) => unknown]>([
    ['an id', args => args.id(0, 'x')],
    ['a string', args => args.text(0, 'x')],
    ['a string', args => args.optionalText(0, 'x')],
    ['a list of strings', args => args.optionalTexts(0, 'x')],
    ['a list', args => args.list(0, 'x')],
    ['a string', args => args.keywordText('x')],
  ])('refuses a value of another kind: %s', (wanted, read) => {
    const read_ = () => read(of([{}], { x: {} }))
    expect(read_).toThrow(MetaFailure)
    expect(read_).toThrow(`x must be ${wanted}`)
  })

  it('refuses what is not a dictionary', () => {
    for (const value of [[], 'x', new Uint8Array(1)]) expect(() => of([value]).optionalDict(0, 'x')).toThrow('x must be a dictionary')
  })

  it('does not find names of the prototype', () => {
    expect(of([]).keyword('constructor')).toBeUndefined()
  })

  it('refuses a reason that is not a URI', () => {
    expect(of([], { reason: 'com.enough' }).reason('wamp.close.killed')).toBe('com.enough')
    expect(of([]).reason('wamp.close.killed')).toBe('wamp.close.killed')
    expect(() => of([], { reason: 'not a uri' }).reason('wamp.close.killed')).toThrow('reason must be a URI')
  })
})
