import { expect, it } from 'vitest'
import { isWindowBits, ownDirection, settingsOf } from '../../../src/extensions/permessage-deflate/agreement.ts'

it('settles what is not said', () => {
  expect(settingsOf({ level: 9 })).toEqual({ level: 9, memLevel: 5, threshold: 64 })
  expect(ownDirection({}, 0, false)).toEqual({ windowBits: 15, noContextTakeover: false })
  expect(ownDirection({ windowBits: 9 }, 10, true)).toEqual({ windowBits: 9, noContextTakeover: true })
})

it('knows which windows there are', () => {
  expect([7, 8, 15, 16, 9.5, '9', undefined].map(isWindowBits)).toEqual([false, true, true, false, false, false, false])
})
