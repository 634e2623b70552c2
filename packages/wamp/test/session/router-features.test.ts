import { expect, it } from 'vitest'
import { RouterFeatures } from '../../src/session/router-features.ts'

it('RouterFeatures says what was announced', () => {
  const features = new RouterFeatures({ roles: { dealer: { features: { call_canceling: true, call_timeout: false } } } })
  expect(features.isRole('dealer')).toBe(true)
  expect(features.isRole('broker')).toBe(false)
  expect(features.has('dealer', 'call_canceling')).toBe(true)
  expect(features.has('dealer', 'call_timeout')).toBe(false)
  expect(features.has('broker', 'call_canceling')).toBe(false)
  expect(features.cancelsCalls).toBe(true)
  expect(features.takesTimeout).toBe(false)
  expect(features.agent).toBe('')
})

it('RouterFeatures takes older names for the same features', () => {
  const features = new RouterFeatures({ roles: { dealer: { features: { call_cancelling: true, progressive_calls: true } } } })
  expect(features.cancelsCalls).toBe(true)
  expect(features.has('dealer', 'progressive_call_invocations')).toBe(true)
})

it('RouterFeatures keeps timeouts from Crossbar, which takes them for seconds', () => {
  const roles = { dealer: { features: { call_timeout: true } } }
  expect(new RouterFeatures({ agent: 'nexus', roles }).takesTimeout).toBe(true)
  expect(new RouterFeatures({ agent: 'Crossbar.io 26', roles }).takesTimeout).toBe(false)
})
