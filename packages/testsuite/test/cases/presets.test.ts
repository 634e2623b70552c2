import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/cases/catalogue.ts'
import { presets } from '../../src/cases/presets.ts'
import { select } from '../../src/cases/selection.ts'

describe('the preset thinned', () => {
  it('has groups 1 to 7 and 10, and a part of every subgroup of the others', () => {
    const thinned = select(catalogue, ['thinned']).cases.map(({ id }) => id)
    expect(thinned.filter(id => /^([1-7]|10)\./.test(id))).toHaveLength(247)
    expect(thinned).toHaveLength(269)
    const subgroups = catalogue.filter(({ id }) => /^(9|12|13)\./.test(id)).map(({ id }) => id.slice(0, id.lastIndexOf('.') + 1))
    expect(subgroups.filter(subgroup => !thinned.some(id => id.startsWith(subgroup)))).toEqual([])
  })

  it('can be excluded, and used together with patterns', () => {
    expect(select(catalogue, ['thinned', '9.1.2'], ['1.*']).cases).toHaveLength(269 + 1 - 16)
    expect(select(catalogue, ['*'], ['thinned']).cases.map(({ id }) => id)).not.toContain('7.1.1')
    expect(presets.size).toBe(1)
  })
})
