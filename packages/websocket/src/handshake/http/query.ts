/** Query parameters as input from an application. */
export type ParamsInput =
  | Iterable<readonly [name: string, value: string | readonly string[]]>
  | Readonly<Record<string, string | readonly string[]>>

/**
 * Parses a query, without its `?`: repeated names keep all values in order, a missing value is empty.
 *
 * Never fails: where an escape is not UTF-8, the text stays as it is written.
 */
export function parseQuery(query: string): Map<string, readonly string[]> {
  const params = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decodeForm(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decodeForm(pair.slice(equals + 1))
    const values = params.get(name)
    if (values === undefined) params.set(name, [value])
    else values.push(value)
  }
  return params
}

/** Formats a query as HTML forms do: a space is `+`. Throws `URIError` for a lone surrogate. */
export function formatQuery(params: ParamsInput): string {
  const pairs: string[] = []
  for (const [name, value] of Symbol.iterator in params
    ? (params as Iterable<readonly [string, string | readonly string[]]>)
    : Object.entries(params)) {
    for (const one of typeof value === 'string' ? [value] : value) pairs.push(`${encodeForm(name)}=${encodeForm(one)}`)
  }
  return pairs.join('&')
}

/** Resolves percent escapes; text whose escapes are not UTF-8 stays as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function decodeForm(text: string): string {
  return percentDecoded(text.replaceAll('+', ' '))
}

function encodeForm(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+')
}
