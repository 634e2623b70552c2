import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'

/** The URL to connect to. As browsers take it since 2024: relative to the page, and `http` for `ws`. */
export function socketUrl(given: string): string {
  const url = parsed(given)
  url.protocol = url.protocol.replace(/^http/, 'ws')
  if (!/^wss?:$/.test(url.protocol)) throw new ApiMisuse(`the URL ${given} must begin with ws:, wss:, http: or https:`)
  if (url.hash !== '') throw new ApiMisuse(`the URL ${given} has a fragment, which WebSocket forbids`)
  return url.href
}

function parsed(given: string): URL {
  try {
    return new URL(given, globalThis.location?.href)
  } catch {
    throw new ApiMisuse(`${typeof given === 'string' ? given : shownValue(given)} is no URL`)
  }
}

type URL = InstanceType<typeof globalThis.URL>
