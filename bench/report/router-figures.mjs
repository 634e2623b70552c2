// The figures of WAMP version 2 that documents quote: router and client.

/**
 * @param {RouterResults} results
 * @returns {Record<string, string>}
 */
export function routerFigures({ router, routerIdle, routerHostile, routerStart, wampClient }) {
  return {
    'router machine': router.machine,
    router: table(
      ['load', 'serializer', 'router, µs', 'WebSocket alone, µs', 'relay, µs', 'fox-wamp, µs', 'of fox-wamp', 'router, per second'],
      router.results.map(({ name, serializer, router: own, floor, relay, fox, ratioToFox, perSecond }) => [
        name,
        serializer,
        ...[own, floor, relay, fox].map(cost => cost?.toFixed(1) ?? ''),
        ratioToFox?.toFixed(2) ?? '',
        Math.round(perSecond).toLocaleString('en'),
      ]),
    ),
    'router targets': table(
      ['load', 'serializer', 'wanted', 'got', 'met'],
      router.results.flatMap(({ name, serializer, target, mostOfFox, ratioToFox }) => [
        ...(target === undefined ? [] : [verdict([name, serializer], target.most, target.got)]),
        ...(mostOfFox === undefined || ratioToFox === undefined
          ? []
          : [verdict([name, `${serializer}, of fox-wamp`], mostOfFox, ratioToFox)]),
      ]),
    ),
    'router idle': table(
      ['', 'octets of heap', 'more than the row above', 'wanted', 'met'],
      routerIdle.results.map(({ name, heap, external, more, most }) => [
        name,
        (heap + external).toFixed(0),
        more?.toFixed(0) ?? '',
        most === undefined ? '' : `≤ ${most}`,
        more === undefined || most === undefined ? '' : yesOrNo(more <= most),
      ]),
    ),
    'router hostile': hostile(routerHostile),
    'router start': table(
      ['', 'ms', 'wanted', 'met'],
      routerStart.results.map(({ name, milliseconds }) => [
        name,
        milliseconds.toFixed(0),
        `≤ ${routerStart.most}`,
        yesOrNo(milliseconds <= routerStart.most),
      ]),
    ),
    'wamp client': table(
      ['calls', 'serializer', 'autobahn-ts, µs', 'autobahn-js, µs', 'wampy, µs', 'of autobahn-js', 'wanted', 'met'],
      wampClient.results.map(({ name, serializer, costs, ratios, most }) => [
        name,
        serializer,
        ...[costs.own, costs.autobahn, costs.wampy].map(cost => cost.toFixed(1)),
        ratios.autobahn.toFixed(2),
        most === 1 ? '< 1' : `≤ ${most}`,
        yesOrNo(most === 1 ? ratios.autobahn < 1 : ratios.autobahn <= most),
      ]),
    ),
  }
}

/**
 * @param {RouterResults['routerHostile']} results
 */
function hostile({ sessions, rate, rows, ratio, overElsewhere, most, lost }) {
  const elsewhere =
    overElsewhere === undefined ? '' : `, and ${overElsewhere.toFixed(2)} of what it is with the hostile ones at another router`
  const text = `${sessions} honest sessions and as many hostile ones, with \`maxMessageRate: ${rate}\`: p99 ${ratio.toFixed(2)} of the quiet control (wanted: at most ${most}, ${yesOrNo(ratio <= most)})${elsewhere}, calls and events lost: ${lost}.`
  const cells = rows.map(({ kind, p50, p99, longest, busy }) => [
    kind,
    p50.toFixed(2),
    p99.toFixed(2),
    longest.toFixed(1),
    `${(100 * busy).toFixed(0)} %`,
  ])
  return `${text}\n\n${table(['', 'median, ms', 'p99, ms', 'longest, ms', 'CPU of the router'], cells)}`
}

/**
 * @param {readonly string[]} what
 * @param {number} most
 * @param {number} got
 */
function verdict(what, most, got) {
  return [...what, `≤ ${most.toFixed(2)}`, got.toFixed(2), yesOrNo(got <= most)]
}

/**
 * @param {boolean} isMet
 */
function yesOrNo(isMet) {
  return isMet ? 'yes' : '**no**'
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/**
 * @typedef {{ readonly router: { readonly machine: string, readonly results: readonly { readonly name: string, readonly serializer: string,
 *     readonly router: number, readonly floor: number, readonly relay?: number, readonly fox?: number, readonly ratioToFox?: number,
 *     readonly perSecond: number, readonly mostOfFox?: number, readonly target?: { readonly most: number, readonly got: number } }[] },
 *   readonly routerIdle: { readonly results: readonly { readonly name: string, readonly heap: number, readonly external: number,
 *     readonly more?: number, readonly most?: number }[] },
 *   readonly routerHostile: { readonly sessions: number, readonly rate: number, readonly ratio: number, readonly overElsewhere?: number,
 *     readonly most: number, readonly lost: number,
 *     readonly rows: readonly { readonly kind: string, readonly p50: number, readonly p99: number, readonly longest: number, readonly busy: number }[] },
 *   readonly routerStart: { readonly most: number, readonly results: readonly { readonly name: string, readonly milliseconds: number }[] },
 *   readonly wampClient: { readonly results: readonly { readonly name: string, readonly serializer: string, readonly most: number,
 *     readonly costs: { readonly own: number, readonly autobahn: number, readonly wampy: number },
 *     readonly ratios: { readonly autobahn: number } }[] } }} RouterResults
 */
