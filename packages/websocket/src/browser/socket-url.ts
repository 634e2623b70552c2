import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/** The URL to connect to, as browsers take it since 2024: it may be relative to the page (or to its `<base>`, as every other URL of the page), and `http` stands for `ws`. */
export function socketUrl(given: string): string {
  const url = plainUrl(given)
  if (url !== undefined) return url
  const parsed = parsedUrl(given)
  if (parsed === undefined) throw new ApiMisuse(`${typeof given === 'string' ? given : shownValue(given)} is not a URL`)
  if (parsed.hash !== '') throw new ApiMisuse(`the URL ${given} has a fragment, which WebSocket forbids`)
  throw new ApiMisuse(`the URL ${given} must begin with ws:, wss:, http: or https:`)
}

/** Returns the same, without the words for what is wrong: `undefined` for a URL that cannot be used. */
export function plainUrl(given: string): string | undefined {
  const parsed = parsedUrl(given)
  const url = parsed?.href.replace(/^http/, 'ws')
  return url !== undefined && /^wss?:[^#]*$/.test(url) ? url : undefined
}

function parsedUrl(given: string): URL | undefined {
  try {
    // throws for what is not a string, which URL would make one
    return new URL(given.slice(), globalThis.document?.baseURI ?? globalThis.location?.href)
  } catch {
    return undefined
  }
}
