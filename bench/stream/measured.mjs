// Resident memory of one process: sampled all the time, reported on request.

/** Answers `begin` with the memory now, and `end` with the most that was seen since. */
export function measured() {
  let most = process.memoryUsage.rss()
  const sample = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  setInterval(sample, 20)
  return {
    begin: () => {
      most = process.memoryUsage.rss()
      return most
    },
    end: () => {
      sample()
      return most
    },
  }
}
