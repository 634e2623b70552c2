/** Reads an argument of the command line: JSON, or else a text as it is. */
export function valueFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
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
