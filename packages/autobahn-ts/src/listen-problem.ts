/** The address or path on which a server was to listen. */
export interface Place {
  readonly host?: string
  readonly port?: number
  readonly path?: string
}

/** Explains why a server could not listen, and what to do about it. Throws the error again where it has another reason. */
export function listenProblem(error: unknown, place: Place, command: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = place.path ?? `port ${place.port} of ${place.host}`
  // Node reports EACCES for a missing folder, too.
  if (place.path !== undefined && (code === 'EACCES' || code === 'ENOENT' || code === 'ENOTDIR'))
    return `there is no folder for the socket ${where}, or this user may not write there\nChoose another with --unix.`
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is taken by another program\n${remedy(place, command)}`
    case 'EACCES':
      return `this user may not listen on ${where}\n${remedy(place, command)}`
    case 'EADDRNOTAVAIL':
      return `${place.host} is not an address of this machine\nLeave out --host, or choose one of its addresses; 0.0.0.0 means all of them.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${place.host} is not known\nLeave out --host, or choose an address of this machine.`
  }
  throw error
}

function remedy({ path, port = 0 }: Place, command: string): string {
  if (path !== undefined) return 'Choose another with --unix, or remove the file if no server uses it any more.'
  // Users of a clone of the project have no command `autobahn-ts`.
  const start = process.env.npm_lifecycle_event === 'start' ? 'npm start --' : command
  return `Choose another port: ${start} --port ${nextPort(port)}   (--port 0 picks a free one)`
}

/** Returns the next port to suggest. Ports below 1024 belong to the system. */
function nextPort(port: number): number {
  return port < 1024 ? 8080 : port >= 65_535 ? 8080 : port + 1
}
