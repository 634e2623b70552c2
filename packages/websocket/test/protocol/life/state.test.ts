import { describe, expect, it } from 'vitest'
import { Lifecycle, State } from '../../../src/protocol/life/state.ts'

describe('State', () => {
  it("has the numbers of the platform's WebSocket", () => {
    expect(State).toEqual({ Connecting: 0, Open: 1, Closing: 2, Closed: 3 })
  })
})

describe('Lifecycle', () => {
  it('begins with connecting', () => {
    expect(new Lifecycle().state).toBe(State.Connecting)
  })

  it('only moves on, and may leave states out', () => {
    const lifecycle = new Lifecycle()
    lifecycle.advance(State.Closing)
    lifecycle.advance(State.Open)
    expect(lifecycle.state).toBe(State.Closing)
    lifecycle.advance(State.Closed)
    lifecycle.advance(State.Connecting)
    expect(lifecycle.state).toBe(State.Closed)
  })
})
