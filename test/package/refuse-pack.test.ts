import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { packageFolders, readManifest } from '../../scripts/package/stage.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('npm pack in the folder of a package', () => {
  it('refuses, and names the command that packs what is published', () => {
    const { status, stderr } = spawnSync('npm', ['pack', '--dry-run'], { cwd: `${root}packages/ws`, encoding: 'utf8' })
    expect(status).not.toBe(0)
    expect(stderr).toContain('@autobahn-ts/ws is not packed in its folder')
    expect(stderr).toContain(`npm run pack --prefix ${root}`)
  })

  it('refuses in every package', () => {
    expect([...packageFolders].toSorted()).toEqual(readdirSync(`${root}packages`).toSorted())
    for (const folder of packageFolders)
      expect(readManifest(folder)).toHaveProperty('scripts.prepack', 'node ../../scripts/package/refuse-pack.mjs')
  })
})
