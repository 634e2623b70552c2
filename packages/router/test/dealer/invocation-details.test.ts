import type { AnnouncedRoles, CallOptions, RegisterOptions } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { forwardedTimeout, invocationDetails } from '../../src/dealer/invocation-details.ts'
import { NearCallee } from '../../src/dealer/near-callee.ts'
import { Assignment, Registration } from '../../src/dealer/registration.ts'
import type { Party } from '../../src/parties/party.ts'
import { noDetails } from '../../src/parties/passthru.ts'
import { allFeatures, noFeatures, TestRealm } from '../fixtures/test-realm.ts'

const realm = new TestRealm()
const party = realm.join({ authid: 'joe' }).session

describe('invocationDetails', () => {
  it('are one object where there is nothing to tell', () => {
    expect(details({ timeout: 5, disclose_me: false })).toBe(noDetails)
  })

  it('tell all that the callee has to know', () => {
    expect(
      details(
        { receive_progress: true, timeout: 5, ppt_scheme: 'x_app' },
        { forward_timeout: true, disclose_caller: true },
        'prefix',
        true,
      ),
    ).toEqual({
      procedure: 'com.do.it',
      receive_progress: true,
      progress: true,
      timeout: 5,
      caller: party.id,
      caller_authid: 'joe',
      caller_authrole: 'user',
      ppt_scheme: 'x_app',
    })
  })

  it('tell the level of trust of the caller, also 0', () => {
    for (const trustLevel of [0, 5]) {
      const { session } = realm.join({ trustLevel })
      expect(details({}, {}, 'exact', false, session)).toEqual({ trustlevel: trustLevel })
    }
  })

  it('tell the first session that a link has forwarded a call for', () => {
    const link = realm.join({ isLink: true }).session
    const forward_for = [
      { session: 7, authid: null, authrole: 'guest' },
      { session: 8, authid: 'b', authrole: 'link' },
    ]
    const call = { party: link, procedure: 'com.do', options: { forward_for }, isDisclosed: false }
    expect(invocationDetails(call, registrationOf('exact'), assignmentOf({}), false)).toEqual({
      caller: 7,
      caller_authrole: 'guest',
      forward_for,
    })
    const named = { ...call, options: { forward_for: [{ session: 7, authid: 'ann', authrole: 'guest' }] } }
    expect(invocationDetails(named, registrationOf('exact'), assignmentOf({}), false)).toMatchObject({ caller: 7, caller_authid: 'ann' })
  })

  it('tell of a link itself where it has named no caller', () => {
    const link = realm.join({ isLink: true }).session
    const call = { party: link, procedure: 'com.do', options: {}, isDisclosed: false }
    expect(invocationDetails(call, registrationOf('exact'), assignmentOf({}), false)).toMatchObject({ caller: link.id })
  })
})

describe('forwardedTimeout', () => {
  it('is that of a callee that keeps timeouts and has registered so', () => {
    expect(forwardedTimeout({ timeout: 5 }, assignmentOf({ forward_timeout: true }))).toBe(5)
    expect(forwardedTimeout({ timeout: 5 }, assignmentOf({}))).toBe(0)
    expect(forwardedTimeout({ timeout: 5 }, assignmentOf({ forward_timeout: true }, noFeatures))).toBe(0)
    expect(forwardedTimeout({}, assignmentOf({ forward_timeout: true }))).toBe(0)
  })
})

function details(options: CallOptions, registered = {}, match: 'exact' | 'prefix' = 'exact', isPart = false, caller: Party = party) {
  const call = { party: caller, procedure: 'com.do.it', options, isDisclosed: false }
  return invocationDetails(call, registrationOf(match), assignmentOf(registered), isPart)
}

function registrationOf(match: 'exact' | 'prefix'): Registration {
  return new Registration(1, match, 'com.do', 'single', 0)
}

function assignmentOf(options: RegisterOptions, roles: AnnouncedRoles = allFeatures): Assignment {
  return new Assignment(new NearCallee(realm.join({ roles }).session), options)
}
