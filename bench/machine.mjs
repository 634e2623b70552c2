import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'

/** Describes the machine in one line. */
export function machine() {
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`
  return `${cpus()[0].model.trim()}, ${cpus().length} cores, ${memory}, ${process.platform} ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`
}

/**
 * Makes a certificate for `localhost` with openssl, in a folder that is deleted at the end of the process; returns `undefined` without
 * openssl.
 */
export function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  try {
    execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { cert, key }
  } catch {
    return undefined
  }
}
