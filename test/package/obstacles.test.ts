import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { obstaclesTo } from '../../scripts/package/obstacles.mjs'

const state = {
  manifests: [
    { name: 'a', version: '1.2.3' },
    { name: 'b', version: '1.2.3', dependencies: { a: '1.2.3', other: '9.0.0' } },
  ],
  changelog: '# Changelog\n\n## 1.2.3, 2026-12-01\n\n## 1.2.2\n',
  repository: {},
}

describe('obstaclesTo', () => {
  it('finds none where all packages have the version of the tag', () => {
    expect(obstaclesTo('v1.2.3', state)).toEqual([])
  })

  it('names packages of another version, and dependencies on one', () => {
    expect(obstaclesTo('v1.2.2', state)).toEqual([
      'a has the version 1.2.3, and the tag is v1.2.2',
      'b has the version 1.2.3, and the tag is v1.2.2',
      'b depends on a 1.2.3, and the tag is v1.2.2',
    ])
  })

  it('wants a tag that is a version, a section of the changelog, and a repository', () => {
    expect(obstaclesTo('1.2.3', state)).toEqual(['the tag 1.2.3 is not a version such as v1.2.3'])
    expect(obstaclesTo('v1.2.3', { ...state, changelog: '## Unreleased\n\n1.2.3' })).toEqual(['CHANGELOG.md has no section for 1.2.3'])
    const unreleased = { ...state, changelog: '## 1.2.3 (unreleased)' }
    expect(obstaclesTo('v1.2.3', unreleased)).toEqual(['CHANGELOG.md says "## 1.2.3 (unreleased)"'])
    expect(obstaclesTo('v1.2.3', { ...state, repository: undefined })).toEqual([
      'the remote "origin" is not a public repository, which the packages have to name',
    ])
  })
})

describe('scripts/release.mjs', () => {
  it('packs and publishes nothing where there is an obstacle', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release.mjs', '--tag', 'v0.0.0'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^release: @autobahn-ts\/websocket has the version \S+, and the tag is v0\.0\.0$/m)
  })
})
