import { JsonSerializer } from '@autobahn-ts/wamp'

/** Reads an argument of the command line: JSON, or else a text as it is. Integers beyond 2^53 are exact: they become bigints. */
export function valueFrom(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return /\d{16}/.test(text) ? exact(text, value) : value
  } catch {
    return text
  }
}

/** Reads JSON as WAMP does, in the place of the arguments of a message. Returns `otherwise` for what WAMP cannot express. */
function exact(text: string, otherwise: unknown): unknown {
  try {
    const message = new JsonSerializer().decode(`[16,1,{},"com.example",[${text}]]`)
    return message[0] === 16 ? message[4]?.args[0] : otherwise
  } catch {
    return otherwise
  }
}

/** Writes a value as one line of JSON. Integers that JSON numbers cannot hold and octets become texts. */
export function lineOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === 'bigint') return inner.toString()
      return inner instanceof Uint8Array ? `base64:${Buffer.from(inner).toString('base64')}` : inner
    }) ?? 'null'
  )
}

/** Writes the positional and keyword values of an answer or event: one value alone as itself. */
export function payloadLine(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): string {
  if (Object.keys(kwargs).length > 0) return lineOf({ args, kwargs })
  return args.length === 1 ? lineOf(args[0]) : lineOf(args.length === 0 ? null : args)
}
