import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { checkText } from '../../checks/check-names.ts'

/** The prefixes of one session: CURIEs to URIs and back. */
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

  /** The URI that a CURIE stands for; `undefined` where what is before its first colon is no known prefix. */
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

  /** The CURIE of a URI, by the longest URI that it begins with; the URI itself where there is none. */
  shrink(uri: string): string {
    let best: readonly [prefix: string, uri: string] | undefined
    for (const entry of this.#uris) {
      if (entry[0] === '' || entry[1].length < shortest || !uri.startsWith(entry[1])) continue
      if (best === undefined || entry[1].length > best[1].length) best = entry
    }
    return best === undefined ? uri : `${best[0]}:${uri.slice(best[1].length)}`
  }
}

/** `false`: the prefix is defined already, as the same. */
export function isNewPrefix(prefixes: PrefixMap, prefix: string, uri: string): boolean {
  checkText('a prefix', prefix)
  checkText('the URI of a prefix', uri)
  if (prefix === '' || prefix.includes(':')) throw new ApiMisuse(`the prefix ${JSON.stringify(prefix)} could never be resolved`)
  const known = prefixes.uriOf(prefix)
  if (known !== undefined && known !== uri) throw new ApiMisuse(`the prefix ${prefix} is defined already, as ${known}`)
  return known === undefined
}

/** A URI of one letter would make CURIEs that are longer than what they stand for. */
const shortest = 2
