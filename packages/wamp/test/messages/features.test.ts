import { describe, expect, it } from 'vitest'
import { announcement, announces, featuresOfRole } from '../../src/messages/features.ts'

describe('announces', () => {
  it('reads what a role announces', () => {
    const roles = { caller: { features: { call_canceling: true, call_timeout: false } }, callee: {} }
    expect(announces(roles, 'caller', 'call_canceling')).toBe(true)
    expect(announces(roles, 'caller', 'call_timeout')).toBe(false)
    expect(announces(roles, 'callee', 'call_canceling')).toBe(false)
    expect(announces(roles, 'dealer', 'call_canceling')).toBe(false)
  })

  it('takes nothing but true', () => {
    expect(announces({ caller: { features: { call_canceling: 1 } } }, 'caller', 'call_canceling')).toBe(false)
  })

  it.each([
    ['call_cancelling', 'call_canceling'],
    ['progressive_calls', 'progressive_call_invocations'],
    ['shareded_subscriptions', 'sharded_subscription'],
    ['procedure_reflection', 'reflection'],
  ] as const)('takes the spelling %s', (spelling, feature) => {
    expect(announces({ dealer: { features: { [spelling]: true } } }, 'dealer', feature)).toBe(true)
  })
})

describe('announcement', () => {
  it('has what is listed', () => {
    const dealer = announcement<'dealer'>('call_canceling', 'session_meta_api')
    expect(dealer).toEqual({ features: { call_canceling: true, session_meta_api: true } })
    expect(announces({ dealer }, 'dealer', 'session_meta_api')).toBe(true)
  })

  it('knows features for all six roles, each once', () => {
    expect(Object.keys(featuresOfRole).sort()).toEqual(['broker', 'callee', 'caller', 'dealer', 'publisher', 'subscriber'])
    for (const features of Object.values(featuresOfRole)) expect(new Set(features).size).toBe(features.length)
  })
})
