import { type CompressionFigures, compressionFigures, type Report, type SpeedFigures, speedFigures } from '@autobahn-ts/testsuite'
import pc from 'picocolors'
import { printable } from '../printable.ts'

/**
 * Shows the times of group 9 and the figures of compression as lines of a table per agent; returns an empty list if no such case was
 * run.
 */
export function figureLines(report: Report): string[] {
  return [...speedLines(speedFigures(report)), ...compressionFigures(report).map(compressionLine)]
}

function speedLines(figures: readonly SpeedFigures[]): string[] {
  const agents = [...new Set(figures.map(({ agent }) => agent))]
  return agents.flatMap(agent => [
    '',
    pc.bold(`${printable(agent)}: speed`),
    pc.dim(`${'case'.padEnd(8)}${heads.map(head => head.padStart(width)).join('')}`),
    ...figures.filter(each => each.agent === agent).map(speedLine),
    '',
  ])
}

function speedLine({ id, count, sum, median, longest, roundTripsPerSecond, mebibytesPerSecond }: SpeedFigures): string {
  const cells = [String(count), figure(sum), figure(median), figure(longest), figure(roundTripsPerSecond), figure(mebibytesPerSecond)]
  return `${id.padEnd(8)}${cells.map(cell => cell.padStart(width)).join('')}`
}

function compressionLine(figures: CompressionFigures): string {
  const { agent, cases, messages, compressedMessages, ratio, fuzzerRatio, mayKeepContext, keptContext } = figures
  const casesInWords = `${cases} ${cases === 1 ? 'case' : 'cases'}`
  if (compressedMessages === 0)
    return pc.yellow(
      `${printable(agent)}: agreed on permessage-deflate in ${casesInWords}, but compressed none of its ${messages} messages`,
    )
  const share = Math.floor((compressedMessages / messages) * 100)
  const context = mayKeepContext === 0 ? '' : `; context kept in ${keptContext} of the ${mayKeepContext} cases that allow it`
  return `${printable(agent)}: ${share} % of ${messages} messages in ${casesInWords} came back compressed, ${figure(ratio)} : 1 (sent: ${figure(fuzzerRatio)} : 1)${context}`
}

/** Formats a number with three digits or more, and no needless decimals. */
function figure(number: number): string {
  if (!Number.isFinite(number)) return '-'
  return number.toFixed(number >= 100 ? 0 : number >= 10 ? 1 : 2)
}

const heads = ['messages', 'ms', 'median ms', 'longest ms', 'per s', 'MiB/s'] as const
const width = 12
