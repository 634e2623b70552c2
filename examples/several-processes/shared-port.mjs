// @ts-check
// How several processes listen at one port.

/**
 * Returns the options of `serve` and `listenWS` with which a worker of `node:cluster` shares its port.
 *
 * With `reusePort` each process has a socket of its own, and the kernel chooses which of them gets a connection: Linux, from Node 22.12 and
 * 23.1 on. Elsewhere `node:cluster` does it without options: its primary process accepts all connections, and hands them to the workers in
 * turn.
 */
export function sharedPort() {
  return canReusePort() ? { reusePort: true, exclusive: true } : {}
}

/** Tells whether the kernel can distribute connections here. */
export function canReusePort() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isKnown = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)
  return isKnown && process.platform === 'linux'
}
