import { describe, expect, it } from 'vitest'
import { fromJson, toJson } from '../../../src/v1/serializers/json.ts'

describe('JSON', () => {
  it('round-trips through serialize and parse', () => {
    const message = [7, 't', { __proto__: null, a: ['ä', null, 1.5, true] }]
    expect(fromJson(toJson(message))).toEqual([7, 't', { a: ['ä', null, 1.5, true] }])
  })
})
