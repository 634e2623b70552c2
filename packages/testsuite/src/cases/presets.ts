/**
 * Names that can be used in place of patterns of cases. `thinned` is for runs of less than a minute. It contains groups 1 to 7 and 10; of
 * group 9 the largest message, the most fragments, the smallest chops and two loads of round trips; of group 12 one load of each file; of
 * group 13 one load of each set of parameters, with small and large messages, whole and in fragments.
 */
export const presets: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'thinned',
    [
      ...['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*'],
      ...['9.1.1', '9.1.6', '9.2.3', '9.3.4', '9.4.1', '9.5.1', '9.6.4', '9.7.4', '9.8.1', '9.8.6'],
      ...['12.1.6', '12.2.5', '12.3.4', '12.4.11', '12.5.7'],
      ...['13.1.3', '13.2.4', '13.3.6', '13.4.7', '13.5.7', '13.6.11', '13.7.5'],
    ],
  ],
])
