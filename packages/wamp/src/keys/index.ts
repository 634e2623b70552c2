// The part of this folder that a client loads when it authenticates.
export { pbkdf2KeyInSlices } from './pbkdf2-key.ts'
export { sign } from './sign.ts'
