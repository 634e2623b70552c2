import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repositoryAt, repositoryOf } from '../../scripts/package/repository.mjs'

const known = { url: 'git+https://git.some-host.org/owner/name.git', web: 'https://git.some-host.org/owner/name' }

describe('repositoryAt', () => {
  it.each([
    'https://git.some-host.org/owner/name.git',
    'https://git.some-host.org/owner/name/',
    'https://user:secret@git.some-host.org/owner/name',
    'ssh://git@git.some-host.org/owner/name.git',
    'git@git.some-host.org:owner/name.git',
    'git://GIT.some-host.org/owner/name',
  ])('reads %s', remote => {
    expect(repositoryAt(remote)).toEqual(known)
  })

  it.each([
    '/srv/git/name.git',
    '../name',
    'file:///srv/name',
    'C:\\repositories\\name',
    'https://localhost/owner/name',
    'https://127.0.0.1/owner/name',
    'https://[::1]/owner/name',
    'ssh://git@build-7/owner/name',
    'git@build-7:owner/name',
    'https://git.team.internal/owner/name',
    'https://nas.local/owner/name',
    'https://git.some-host.org:8443/owner/name',
    'https://git.some-host.org/',
    '',
  ])('finds no public repository in "%s"', remote => {
    expect(repositoryAt(remote)).toBeUndefined()
  })
})

describe('repositoryOf', () => {
  it('asks the remote origin of a clone, and returns undefined where there is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-remote-'))
    try {
      execFileSync('git', ['-C', folder, 'init', '-q'])
      expect(repositoryOf(folder)).toBeUndefined()
      execFileSync('git', ['-C', folder, 'remote', 'add', 'origin', 'git@git.some-host.org:owner/name.git'])
      expect(repositoryOf(folder)).toEqual(known)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
