import { destination, type Logger, pino } from 'pino'

/** Makes the log of the program: lines of JSON on stderr, without secrets. */
export function pinoLog(level: string): Logger {
  return pino({ level, base: null, redact: { paths: secrets, censor: '[secret]' } }, destination({ fd: 2, sync: true }))
}

const names = ['ticket', 'secret', 'signature', 'password', 'storedKey', 'serverKey', 'routerKey', 'authextra', 'cookie', 'authorization']
const secrets = names.flatMap(name => [name, `*.${name}`, `*.*.${name}`])
