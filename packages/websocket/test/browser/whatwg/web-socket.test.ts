import { expect, it, vi } from 'vitest'

it('WebSocket on a page is the platform’s own, and says so where there is none', async () => {
  class Theirs {}
  vi.stubGlobal('WebSocket', Theirs)
  vi.resetModules()
  expect((await import('../../../src/browser/whatwg/web-socket.ts')).WebSocket).toBe(Theirs)
  vi.stubGlobal('WebSocket', undefined)
  vi.resetModules()
  const { WebSocket } = await import('../../../src/browser/whatwg/web-socket.ts')
  expect(() => new WebSocket('ws://test')).toThrow('this runtime has no WebSocket')
  vi.unstubAllGlobals()
})
