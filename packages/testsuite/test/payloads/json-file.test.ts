import { describe, expect, it } from 'vitest'
import { Dice } from '../../src/payloads/dice.ts'
import { jsonFile } from '../../src/payloads/json-file.ts'

describe('jsonFile', () => {
  it('is JSON: a list of orders that differ', () => {
    const orders: unknown = JSON.parse(jsonFile(new Dice(1), 20_000))
    expect(Array.isArray(orders) && new Set(orders.map(order => order.id)).size === orders.length && orders.length > 20).toBe(true)
  })
})
