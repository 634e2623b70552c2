/**
 * What every client testee does: asks for the number of cases, runs each, asks for the report. `visit` connects, echoes what comes on
 * `/runCase`, tells of each message, and resolves when the connection is over.
 */
export async function runCases(url, agent, visit) {
  let count = 0
  await visit(`${url}/getCaseCount`, text => {
    count = Number(text)
  })
  const name = encodeURIComponent(agent)
  let next = 1
  // Several at once, so that cases with pauses do not add up; the fuzzing server lets those that measure time run alone.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next <= count) await visit(`${url}/runCase?case=${next++}&agent=${name}`, () => {})
    }),
  )
  await visit(`${url}/updateReports?agent=${name}`, () => {})
}
