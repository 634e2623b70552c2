import { describe, expect, it } from 'vitest'
import { Directory } from '../../src/auth/directory.ts'
import { joinRequest } from '../fixtures/join-requests.ts'

describe('a directory', () => {
  it('finds users by name, and no properties of objects', async () => {
    const directory = new Directory({ users: { joe: { role: 'user' } } })
    expect(await directory.find(joinRequest(), 'joe')).toEqual({ role: 'user' })
    for (const name of ['toString', '__proto__', 'constructor']) expect(await directory.find(joinRequest(), name)).toBeUndefined()
    expect(directory.provider).toBe('static')
  })

  it('asks a function, and hands on what it throws as a rejection', async () => {
    const failing = new Directory({
      find: () => {
        throw new Error('no database')
      },
    })
    await expect(failing.find(joinRequest(), 'joe')).rejects.toThrow('no database')
    expect(failing.provider).toBe('dynamic')
  })
})
