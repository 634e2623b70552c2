import { readdirSync, readFileSync } from 'node:fs'

/**
 * Returns the CPU time of a process in microseconds, all threads together. Linux counts nanoseconds in this file, but units of 10 ms in
 * `/proc/PID/stat`.
 */
export function cpuOf(pid) {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1000
}
