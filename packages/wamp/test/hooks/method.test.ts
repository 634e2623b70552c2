import { describe, expect, it } from 'vitest'
import { methodOf } from '../../src/hooks/method.ts'

describe('methodOf', () => {
  it('finds a method by its name, also one that is inherited', () => {
    class Base {
      method(): number {
        return 1
      }
    }
    class Derived extends Base {}
    expect(methodOf(new Derived(), 'method')).toBe(Base.prototype.method)
    expect(methodOf({}, Base.prototype.method)).toBe(Base.prototype.method)
  })
})
