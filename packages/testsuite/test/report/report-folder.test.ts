import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ReportFolder } from '../../src/report/report-folder.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

it('makes the folder, replaces files atomically, and leaves no other files', async () => {
  const path = join(temporaryFolder(), 'not', 'there', 'yet')
  const folder = new ReportFolder(path)
  await Promise.all(['one', 'two', 'three'].map(content => folder.write('a.txt', content)))
  await folder.write('a.txt', 'last')
  expect(readdirSync(path)).toEqual(['a.txt'])
  expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('last')
})
