import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stage } from '../../scripts/package/stage.mjs'

/**
 * Writes the WebSocket package as it is published into a folder that looks like a checkout, with the server programs that use it. The folder is removed when
 * the process ends.
 *
 * @returns {Promise<string>} the folder
 */
export async function publishedForm() {
  const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-published-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  await stage('websocket', { into: join(folder, 'packages/websocket') })
  const bench = fileURLToPath(new URL('..', import.meta.url))
  for (const part of ['servers', 'lines.mjs', 'package.json']) cpSync(join(bench, part), join(folder, 'bench', part), { recursive: true })
  return folder
}
