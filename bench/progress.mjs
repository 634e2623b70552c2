/** Shows progress: on a terminal one line that is updated, elsewhere a line for each step. */
export function tell(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`)
  else console.error(line)
}

export function clear() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
}
