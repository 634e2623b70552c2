import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BadConfig } from '../../src/fuzzing/config.ts'
import { pemOf } from '../../src/fuzzing/pem-of.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

it('reads the named files', async () => {
  const file = join(temporaryFolder(), 'ca.pem')
  writeFileSync(file, 'text')
  expect(await pemOf({ ca: file, cert: undefined })).toEqual({ ca: Buffer.from('text') })
})

it('names a file that cannot be read', async () => {
  const read = pemOf({ ca: '/nowhere.pem' })
  await expect(read).rejects.toThrow(BadConfig)
  await expect(read).rejects.toThrow(/^the file \/nowhere\.pem of ca cannot be read: ENOENT/)
})
