import { describe, expect, it } from 'vitest'
import { pathOf } from '../../src/config/sentences.ts'

describe('the path of an option', () => {
  it('is written as in JavaScript', () => {
    expect(pathOf(['realms', 'realm1', 'roles', 'my role', 'permissions', 0, 'uri'])).toBe(
      'realms.realm1.roles["my role"].permissions[0].uri',
    )
    expect(pathOf(['a b'])).toBe('["a b"]')
    expect(pathOf([])).toBe('')
  })
})
