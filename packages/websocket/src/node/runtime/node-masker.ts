import { SimdMasker } from '../../bytes/simd-masker.ts'
import { fastPathsAreOn } from './fast-paths.ts'

/** The masker with SIMD; `undefined` where the runtime does not have it. */
export const nodeMasker: SimdMasker | undefined = fastPathsAreOn ? SimdMasker.create() : undefined
