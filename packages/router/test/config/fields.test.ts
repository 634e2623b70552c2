import { describe, expect, it } from 'vitest'
import { Fields } from '../../src/config/fields.ts'

describe('an object that is read field by field', () => {
  it('knows which fields nobody has read, here and further in', () => {
    const fields = new Fields({ a: 1, b: 2, c: { d: 3, e: 4 }, f: [{ g: 5, h: 6 }], i: { j: 7 } }, [])
    fields.take('a')
    fields.object('c')?.take('d')
    fields.list('f')[0]?.take('g')
    expect(fields.untaken()).toEqual([['b'], ['i'], ['c', 'e'], ['f', 0, 'h']])
  })

  it('may be read twice, and takes back what had no effect', () => {
    const fields = new Fields({ a: 1, c: { d: 3 } }, [])
    fields.object('c')?.take('d')
    fields.object('c')
    fields.take('a')
    fields.release('a')
    expect(fields.untaken()).toEqual([['a']])
  })

  it('is empty where there is something else', () => {
    for (const value of [undefined, null, 5, 'text']) expect(new Fields(value, []).untaken()).toEqual([])
    expect(new Fields({ a: 5 }, []).list('a')).toEqual([])
    expect(new Fields({ a: [] }, []).object('a')).toBeUndefined()
    expect(new Fields({}, []).take('toString')).toBeUndefined()
  })
})
