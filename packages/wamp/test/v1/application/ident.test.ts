import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ident } from '../../../src/v1/application/ident.ts'

it('names the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect(ident).toBe(`Autobahn-TS/${version}`)
})
