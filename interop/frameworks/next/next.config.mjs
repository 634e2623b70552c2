/** @type {import('next').NextConfig} */
export default {
  // a folder named as the outputs of all builds here are, out of sight of the compiler for the types in it
  distDir: '.next/dist',
}
