import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { checkText } from '../../checks/check-names.ts'

/** The prefixes of one session. Turns CURIEs into URIs and back. */
export class PrefixMap {
  readonly #uris = new Map<string, string>()

  get size(): number {
    return this.#uris.size
  }

  has(prefix: string): boolean {
    return this.#uris.has(prefix)
  }

  uriOf(prefix: string): string | undefined {
    return this.#uris.get(prefix)
  }

  set(prefix: string, uri: string): void {
    this.#uris.set(prefix, uri)
  }

  /** Returns the URI of a CURIE; `undefined` if the text before its first colon is not a known prefix. */
  resolve(curie: string): string | undefined {
    if (this.#uris.size === 0) return undefined
    const colon = curie.indexOf(':')
    if (colon <= 0) return undefined
    const uri = this.#uris.get(curie.slice(0, colon))
    return uri === undefined ? undefined : uri + curie.slice(colon + 1)
  }

  resolveOrPass(curieOrUri: string): string {
    return this.resolve(curieOrUri) ?? curieOrUri
  }

  /** Returns the CURIE of a URI, by the longest prefix that fits; the URI itself if none fits. */
  shrink(uri: string): string {
    let best: readonly [prefix: string, uri: string] | undefined
    for (const entry of this.#uris) {
      if (entry[0] === '' || entry[1].length < shortest || !uri.startsWith(entry[1])) continue
      if (best === undefined || entry[1].length > best[1].length) best = entry
    }
    return best === undefined ? uri : `${best[0]}:${uri.slice(best[1].length)}`
  }
}

/**
 * Checks a prefix that an application defines. Returns false if it is defined with this URI already; throws `ApiMisuse` for another URI.
 */
export function isNewPrefix(prefixes: PrefixMap, prefix: string, uri: string): boolean {
  checkText('a prefix', prefix)
  checkText('the URI of a prefix', uri)
  if (prefix === '' || prefix.includes(':')) throw new ApiMisuse(`the prefix ${JSON.stringify(prefix)} could never be resolved`)
  const known = prefixes.uriOf(prefix)
  if (known !== undefined && known !== uri) throw new ApiMisuse(`the prefix ${prefix} is defined already, as ${known}`)
  return known === undefined
}

/** The shortest URI that is shortened, in letters. With one of one letter, a CURIE would be longer than its URI. */
const shortest = 2
