import { describe, expect, it } from 'vitest'
import { audienceOf, excludedPublisher } from '../../src/broker/audience.ts'

const joe = { id: 1, authid: 'joe', authrole: 'user' }

describe('audienceOf', () => {
  it('is nothing without lists', () => {
    expect(audienceOf({ acknowledge: true, exclude_me: false })).toBeUndefined()
  })

  it.each([
    [{ eligible: [1] }, true],
    [{ eligible: [2] }, false],
    [{ exclude: [1] }, false],
    [{ eligible: [1], exclude: [1] }, false],
    [{ eligible_authid: ['joe'], exclude_authrole: ['user'] }, false],
    [{ eligible_authrole: ['user'], exclude_authid: ['jim'] }, true],
  ])('admits those whom all lists allow: %j %s', (options, isAdmitted) => {
    expect(audienceOf(options)?.admits(joe)).toBe(isAdmitted)
  })

  it('knows whether it names sessions, which names and roles do not', () => {
    expect(audienceOf({ eligible: [1] })?.namesSessions).toBe(true)
    expect(audienceOf({ exclude: [1] })?.namesSessions).toBe(true)
    expect(audienceOf({ eligible_authid: ['joe'] })?.namesSessions).toBe(false)
    expect(audienceOf({ exclude: [1], exclude_authid: ['jim'] })?.admitsIdentity('joe', 'user')).toBe(true)
  })
})

it('excludedPublisher is the publisher, unless it wants its own event', () => {
  expect([excludedPublisher(7, {}), excludedPublisher(7, { exclude_me: true }), excludedPublisher(7, { exclude_me: false })]).toEqual([
    7, 7, 0,
  ])
})
