/** Where a server was to listen. */
export interface Place {
  readonly host?: string
  readonly port?: number
  readonly path?: string
}

/** Why a server could not listen, and what to do about it. What has no such reason is thrown again. */
export function listenProblem(error: unknown, place: Place, command: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = place.path ?? `port ${place.port} of ${place.host}`
  // Node gives EACCES for a missing folder, too.
  if (place.path !== undefined && (code === 'EACCES' || code === 'ENOENT' || code === 'ENOTDIR'))
    return `there is no folder for the socket ${where}, or this user may not write there\nChoose another with --path.`
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is taken by another program\n${remedy(place, command)}`
    case 'EACCES':
      return `this user may not listen on ${where}\n${remedy(place, command)}`
    case 'EADDRNOTAVAIL':
      return `${place.host} is no address of this machine\nLeave out --host, or give one that it has; 0.0.0.0 is all of them.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${place.host} is not known\nLeave out --host, or give an address of this machine.`
  }
  throw error
}

function remedy({ path, port = 0 }: Place, command: string): string {
  if (path !== undefined) return 'Choose another with --path, or remove the file if no server uses it any more.'
  // Who has cloned the project has no command of that name.
  const start = process.env.npm_lifecycle_event === 'start' ? 'npm start --' : command
  return `Choose another port: ${start} --port ${nextPort(port)}   (--port 0 takes any that is free)`
}

/** Ports below 1024 are for the system. */
function nextPort(port: number): number {
  return port < 1024 ? 8080 : port >= 65_535 ? 8080 : port + 1
}
