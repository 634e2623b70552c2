import { expect, it } from 'vitest'
import { nearestHint, optionsAt, placesOf } from '../../src/config/option-names.ts'

it.each([
  [[], 'realms'],
  [['realms', 'realm1'], 'history'],
  [['realms', 'realm1', 'resumption'], 'seconds'],
  [['realms', 'realm1', 'auth', 'ticket', 'users', 'ada'], 'extra'],
  [['listeners', 0, 'tls'], 'cert'],
] as const)('the options at %j have %s', (path, option) => {
  expect(optionsAt(path)).toContain(option)
})

it('there are no options where the config has no object', () => {
  expect(optionsAt(['realms', 'realm1', 'maxSessions'])).toEqual([])
  expect(optionsAt(['nowhere', 0, 'toString'])).toEqual([])
})

it('an option is found at every place that has it', () => {
  expect(placesOf('allowedOrigins')).toEqual(['listeners[…].allowedOrigins'])
  expect(placesOf('trustLevel')).toEqual(['realms.….roles.….trustLevel'])
  expect(placesOf('match').length).toBeGreaterThan(1)
  expect(placesOf('nowhere')).toEqual([])
})

it('the nearest name is asked for, and none that is far', () => {
  expect(nearestHint('rolls', ['auth', 'roles'])).toBe('did you mean roles?')
  expect(nearestHint('colour', ['auth', 'roles'])).toBe(undefined)
})
