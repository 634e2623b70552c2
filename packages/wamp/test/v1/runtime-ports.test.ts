import { fakeRuntime } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { RuntimePorts } from '../../src/v1/runtime-ports.ts'

it('has the ports of the runtime that it was given, and none before', () => {
  const ports = new RuntimePorts()
  expect(() => ports.clock).toThrow('the factory has no connection yet')
  const runtime = fakeRuntime()
  ports.take(runtime)
  expect(ports.clock).toBe(runtime.clock)
  expect(ports.decode(Uint8Array.of(0xc3, 0xa4))).toBe('ä')
})
