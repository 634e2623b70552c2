// Samples the resident memory of one process all the time, and reports it on request.

/** Makes the commands: `begin` answers with the octets that are resident now, `end` with the most since then. */
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
