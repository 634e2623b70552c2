import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds of CPU that a process has used, all its threads together. Linux counts nanoseconds here, and 10 ms in `/proc/PID/stat`. */
export function cpuOf(pid) {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1000
}
