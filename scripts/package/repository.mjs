import { spawnSync } from 'node:child_process'

/**
 * @typedef {object} Repository
 * @property {string} url the address for `repository` in package.json: `git+https://host/owner/name.git`
 * @property {string} web the address of the repository's page: `https://host/owner/name`
 */

/**
 * Returns the public repository that the remote `origin` of a clone names; undefined where there is no remote, or one that only this machine can reach.
 *
 * @param {string} folder
 * @returns {Repository | undefined}
 */
export function repositoryOf(folder) {
  const { status, stdout } = spawnSync('git', ['-C', folder, 'remote', 'get-url', 'origin'], { encoding: 'utf8' })
  return status === 0 ? repositoryAt(stdout.trim()) : undefined
}

/**
 * Reads the address of a git remote: `https://host/owner/name.git`, `ssh://git@host/owner/name`, `git@host:owner/name.git`.
 *
 * Returns undefined for a folder, for an address with a port, and for a host without a public name: the address of such a remote means nothing to
 * the users of a package. User names and passwords in the address are left out.
 *
 * @param {string} remote
 * @returns {Repository | undefined}
 */
export function repositoryAt(remote) {
  const parts = /^(?:(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:@]+)\/|(?:[\w.-]+@)([^/:@]+):(?!\/))(.+)$/.exec(remote)
  if (parts === null) return undefined
  const host = (parts[1] ?? parts[2] ?? '').toLowerCase()
  const path = (parts[3] ?? '').replace(/\/+$/, '').replace(/\.git$/, '')
  if (!isPublicName(host) || !/^[\w.-]+(?:\/[\w.-]+)+$/.test(path)) return undefined
  const web = `https://${host}/${path}`
  return { url: `git+${web}.git`, web }
}

/**
 * Whether a host has a name that others can look up: it has a dot, a top-level domain of letters, and is not reserved for private networks (RFC 6762,
 * RFC 6761, RFC 8375).
 *
 * @param {string} host
 */
function isPublicName(host) {
  return /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(host) && !/\.(?:local|localhost|internal|test|invalid|example|home\.arpa|lan)$/.test(host)
}
