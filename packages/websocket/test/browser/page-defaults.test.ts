import { expect, it } from 'vitest'
import { browserSettings } from '../../src/browser/browser-options.ts'
import { pageDefaults } from '../../src/browser/page-defaults.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'

it('are those of the table of options', () => {
  expect(pageDefaults).toEqual(defaultsOf(browserSettings))
})
