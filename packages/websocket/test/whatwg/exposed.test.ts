import { describe, expect, it } from 'vitest'
import { exposed } from '../../src/whatwg/exposed.ts'

describe('exposed', () => {
  class Plain {
    get size(): number {
      return 1
    }
    run(): void {}
  }
  const Shape = exposed(Plain, { name: 'Shape', members: ['size', 'run'], constants: { ONE: 1 } })

  it('makes members enumerable, and leaves them as they are otherwise', () => {
    expect(Object.keys(Plain.prototype)).toEqual(['size', 'run', 'ONE'])
    expect(Object.getOwnPropertyDescriptor(Shape.prototype, 'run')).toMatchObject({ writable: true, configurable: true })
  })

  it('puts constants that cannot be changed on the class and on its objects', () => {
    for (const holder of [Shape, Shape.prototype])
      expect(Object.getOwnPropertyDescriptor(holder, 'ONE')).toEqual({ value: 1, writable: false, enumerable: true, configurable: false })
  })

  it('names the class and its objects', () => {
    expect(Shape.name).toBe('Shape')
    expect(String(new Shape())).toBe('[object Shape]')
  })
})
