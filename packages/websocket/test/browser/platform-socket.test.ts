import { afterEach, describe, expect, it, vi } from 'vitest'
import { platformSocketClass } from '../../src/browser/platform-socket.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

afterEach(() => vi.unstubAllGlobals())

describe('platformSocketClass', () => {
  it('is the WebSocket of the runtime', () => {
    vi.stubGlobal('WebSocket', ScriptSocket)
    expect(platformSocketClass()).toBe(ScriptSocket)
  })

  it('throws with advice where the runtime has no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined)
    expect(() => platformSocketClass()).toThrow(
      'this runtime has no WebSocket (Node has it from 22 on); give a class like it as socketClass',
    )
  })
})
