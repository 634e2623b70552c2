import { describe, expect, it } from 'vitest'
import { eventDetails, publicationOf, publicationOfRouter } from '../../src/broker/publication.ts'
import { noDetails } from '../../src/parties/passthru.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

const party = new TestRealm().join({ authid: 'joe' }).session

describe('eventDetails', () => {
  it('are one object where there is nothing to tell', () => {
    expect(eventDetails(publicationOf(1, party, 'com.x', { acknowledge: true }, undefined, false), false)).toBe(noDetails)
    expect(eventDetails(publicationOfRouter(1, 'wamp.x', []), false)).toBe(noDetails)
  })

  it('tell topic, publisher, retention and the attributes of the payload', () => {
    const publication = publicationOf(1, party, 'com.x', { ppt_scheme: 'x_app' }, undefined, true)
    expect(eventDetails(publication, true, true)).toEqual({
      topic: 'com.x',
      publisher: party.id,
      publisher_authid: 'joe',
      publisher_authrole: 'user',
      retained: true,
      ppt_scheme: 'x_app',
    })
  })
})

it('eventDetails tell the level of trust of the publisher, also 0', () => {
  for (const trustLevel of [0, 5]) {
    const { session } = new TestRealm().join({ trustLevel })
    expect(eventDetails(publicationOf(1, session, 'com.x', {}, undefined, false), false)).toEqual({ trustlevel: trustLevel })
  }
})

describe('publicationOf', () => {
  it('does not believe what a client says about others', () => {
    const forward_for = [{ session: 1, authid: 'root', authrole: 'root' }]
    expect(publicationOf(1, party, 'com.x', { forward_for }, undefined, false).publisher).toBeUndefined()
  })
})
