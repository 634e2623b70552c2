/** The entry of the CommonJS file: `require('ws')` gives the class. */
export { default } from './index.ts'
