/** Reads the URL of a server. `http:` and `https:` stand for `ws:` and `wss:`. Throws the `SyntaxError` of npm `ws` for one that cannot be used. */
export function clientUrl(address: string | URL, base?: URL): URL {
  const url = address instanceof URL ? address : parsed(address, base)
  if (url.protocol === 'http:') url.protocol = 'ws:'
  else if (url.protocol === 'https:') url.protocol = 'wss:'
  if (!schemes.includes(url.protocol))
    throw new SyntaxError('The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"')
  if (url.protocol === unixScheme && url.pathname === '') throw new SyntaxError("The URL's pathname is empty")
  if (url.hash !== '') throw new SyntaxError('The URL contains a fragment identifier')
  return url
}

/** Returns the path of a `ws+unix:` URL in its two parts: the socket, and the path that is asked for there. */
export function unixPaths(url: URL): { readonly socketPath: string; readonly path: string | undefined } {
  const [socketPath = '', path] = `${url.pathname}${url.search}`.split(':')
  return { socketPath, path }
}

/** The scheme of a Unix socket. */
export const unixScheme = 'ws+unix:'

function parsed(address: string, base: URL | undefined): URL {
  try {
    return new URL(address, base)
  } catch {
    throw new SyntaxError(`Invalid URL: ${address}`)
  }
}

const schemes: readonly string[] = ['ws:', 'wss:', unixScheme]
