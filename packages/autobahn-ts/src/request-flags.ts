import type { Command } from 'commander'
import { printable } from './printable.ts'
import { added } from './repeated-flag.ts'
import { type TlsValues, tlsFrom, withTlsFlags } from './tls-flags.ts'

/** The values of the flags of a client's request and of the way to the server. */
export interface RequestValues extends TlsValues {
  readonly header?: readonly string[]
  readonly origin?: string
  readonly proxy?: string
}

/** The options that the flags of a request ask for. */
export interface RequestOptions {
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly origin?: string
  readonly proxy?: string
  readonly tls?: NonNullable<ReturnType<typeof tlsFrom>>
}

/** Adds the flags of a client's request and of the way to the server: header fields, origin, proxy, certificates. */
export function withRequestFlags(command: Command): Command {
  return withTlsFlags(
    command
      .option('--header <field>', 'Header field for the request, such as "Authorization: Bearer abc"; repeatable.', added)
      .option('--origin <origin>', 'Origin to send, as pages do.')
      .option('--proxy <url>', 'Proxy to connect through, with http://, https:// or socks5://.'),
  )
}

/** Returns the options that the flags ask for. Ends the program with one sentence where a value cannot be used. */
export function requestFrom(command: Command, values: RequestValues): RequestOptions {
  const { header, origin, proxy } = values
  const tls = tlsFrom(command, values)
  return {
    ...(header && { headers: header.map(field => fieldFrom(command, field)) }),
    ...(origin !== undefined && { origin }),
    ...(proxy !== undefined && { proxy }),
    ...(tls && { tls }),
  }
}

function fieldFrom(command: Command, text: string): [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) return command.error(`error: --header must be "Name: value", and not "${printable(text)}"`)
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
}
