import { describe, expect, it } from 'vitest'
import { procedure, proceduresOf, topic, topicsOf } from '../../src/component/decorators.ts'

class Base {
  @procedure('com.example.add', { invoke: 'random' })
  add(a: number, b: number): number {
    return a + b
  }

  @procedure()
  named(): string {
    return 'base'
  }

  @topic('com.example.tick')
  ticked(): void {}
}

class Derived extends Base {
  override named(): string {
    return 'derived'
  }
}

describe('decorators', () => {
  it('mark methods, with their URIs and options', () => {
    const found = proceduresOf(new Base())
    expect(found).toMatchObject([
      { uri: 'com.example.add', hasUri: true, options: { invoke: 'random' } },
      { uri: 'named', hasUri: false, options: {} },
    ])
    expect(topicsOf(new Base())).toMatchObject([{ uri: 'com.example.tick', hasUri: true }])
  })

  it('hold for a derived class, but for an override without one', () => {
    expect(proceduresOf(new Derived()).map(({ uri }) => uri)).toEqual(['com.example.add'])
  })

  it('are refused where they cannot work', () => {
    expect(() => procedure(5 as never)).toThrow('@procedure takes a URI, and not a number')
    expect(() => procedure('a', null as never)).toThrow('the options of @procedure must be an object, and not null')
    expect(() => topic('a', 5 as never)).toThrow('the options of @topic must be an object, and not 5')
    expect(() => procedure('a')(() => 1, 'old' as never)).toThrow('switch experimentalDecorators off')
    expect(() => topic('a')(() => 1, { kind: 'field', static: false, private: false })).toThrow('@topic is a standard decorator of methods')
    expect(() => topic('a')(() => 1, { kind: 'method', static: true, private: false })).toThrow('neither static nor private')
  })
})
