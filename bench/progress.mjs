/** One line that changes, on a terminal; a line for each step elsewhere. */
export function tell(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`)
  else console.error(line)
}

export function clear() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
}
