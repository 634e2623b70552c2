// Resident memory of one process: sampled all the time, reported on request.

/** `begin` gives the octets that are resident now, and `end` the most that were seen since. */
export function measured() {
  let most = process.memoryUsage.rss()
  const sample = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  setInterval(sample, 20)
  return {
    begin: () => {
      most = process.memoryUsage.rss()
      return { octets: most }
    },
    end: () => {
      sample()
      return { octets: most }
    },
  }
}
