import { destination, type Logger, pino } from 'pino'

/**
 * Makes the log of the program: lines of JSON on stderr, without secrets. Characters of peers that could move the cursor of a terminal, change the direction of
 * writing, or begin a line in some viewers are escaped as JSON does it, so a line means the same.
 */
export function pinoLog(level: string): Logger {
  return pino(
    { level, base: null, redact: { paths: secrets, censor: '[secret]' }, hooks: { streamWrite: escaped } },
    destination({ fd: 2, sync: true }),
  )
}

function escaped(line: string): string {
  return line.replace(unprintable, character => (character === '\n' ? character : escapeOf(character)))
}

/** Returns the escape of a character in JSON: that of each of its two halves, where it has two. */
function escapeOf(character: string): string {
  return Array.from({ length: character.length }, (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`).join('')
}

/** Control and formatting characters, separators of lines and paragraphs. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const names = ['ticket', 'secret', 'signature', 'password', 'storedKey', 'serverKey', 'routerKey', 'authextra', 'cookie', 'authorization']
const secrets = names.flatMap(name => [name, `*.${name}`, `*.*.${name}`])
