import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/** The URL to connect to, as browsers take it since 2024: it may be relative to the page, and `http` stands for `ws`. */
export function socketUrl(given: string): string {
  const { href, hash } = parsed(given)
  const url = href.replace(/^http/, 'ws')
  if (!/^wss?:/.test(url)) throw new ApiMisuse(`the URL ${given} must begin with ws:, wss:, http: or https:`)
  if (hash !== '') throw new ApiMisuse(`the URL ${given} has a fragment, which WebSocket forbids`)
  return url
}

function parsed(given: string): URL {
  try {
    return new URL(given, globalThis.location?.href)
  } catch {
    throw new ApiMisuse(`${typeof given === 'string' ? given : shownValue(given)} is not a URL`)
  }
}
