import { median, quantile, ratio } from '../statistics.mjs'

/**
 * @typedef {{ readonly name: string, readonly unit: string, readonly before: readonly number[], readonly again: readonly number[],
 *   readonly after: readonly number[] }} Pairs
 */

/**
 * Makes a Markdown table: the cost of each load before and after, and the difference of the same build from itself.
 *
 * @param {readonly Pairs[]} results
 */
export function comparison(results) {
  const head = ['load', 'before', 'after', 'after / before', 'pairs', 'before / before', 'pairs', 'holds']
  const rows = results.map(result => {
    const { change, noise, holds } = compared(result)
    const cost = (/** @type {readonly number[]} */ figures) => `${median(figures).toPrecision(3)} ${result.unit}`
    return [
      result.name,
      cost(result.before),
      cost(result.after),
      `**${change.ratio.toFixed(3)}**`,
      interval(change),
      noise.ratio.toFixed(3),
      interval(noise),
      holds ? 'yes' : '**no**',
    ]
  })
  return [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/**
 * Whether a change is accepted: it costs at most 3 % more, or no more than the difference in nine of ten pairs of the same build.
 *
 * @param {Pairs} pairs
 */
export function compared({ before, again, after }) {
  const change = spread(after, before)
  const noise = spread(again, before)
  return { change, noise, holds: change.ratio <= mostMore || change.ratio <= noise.high }
}

/**
 * Returns the median of the ratios pair by pair, and their 10th and 90th percentiles.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others
 */
function spread(values, others) {
  const ratios = values.map((value, pair) => value / /** @type {number} */ (others[pair])).sort((a, b) => a - b)
  return { ratio: ratio(values, others), low: quantile(ratios, 0.1), high: quantile(ratios, 0.9) }
}

/**
 * @param {{ readonly low: number, readonly high: number }} spread
 */
function interval({ low, high }) {
  return `${low.toFixed(2)} to ${high.toFixed(2)}`
}

const mostMore = 1.03
