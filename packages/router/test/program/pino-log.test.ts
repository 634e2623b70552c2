import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const built = fileURLToPath(new URL('../../dist/program.js', import.meta.url))

it('the log shows no characters by which a peer could write over it', () => {
  const name = 'joe\u009b2K\u202e\u2028\u{e0041}\n{"level":30,"msg":"joined"}\u007f'
  const program = `
    import { pinoLog } from ${JSON.stringify(built)}
    pinoLog('info').info({ authid: ${JSON.stringify(name)}, err: new Error(${JSON.stringify(name)}) }, 'refused')
  `
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  expect(stderr.replace(/\n$/, '')).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)
  expect(JSON.parse(stderr)).toMatchObject({ authid: name, err: { message: name }, msg: 'refused' })
})

it('the log has lines of JSON on stderr, without secrets', () => {
  const program = `
    import { pinoLog } from ${JSON.stringify(built)}
    const log = pinoLog('info')
    log.info({ realm: 'r', user: { ticket: 'hunter2', name: 'joe' }, authextra: { nonce: 'hunter2' }, headers: { cookie: 'hunter2' } }, 'joined')
    log.debug('not this')
  `
  const run = ['--input-type=module', '--eval', `${program}`]
  const stderr = execFileSync(
    process.execPath,
    ['-e', `process.stdout.write(require('child_process').spawnSync(process.execPath, ${JSON.stringify(run)}).stderr)`],
    { encoding: 'utf8' },
  )
  expect(stderr).not.toContain('hunter2')
  expect(stderr.trim().split('\n').length).toBe(1)
  expect(JSON.parse(stderr)).toMatchObject({ realm: 'r', msg: 'joined', user: { ticket: '[secret]', name: 'joe' } })
})
