export { classPairs, type ClassPair, type Pairing } from './class-pairs.ts'
export { classRows } from './class-rows.ts'
export { d2d, type D2dLoss, type D2dOptions, type PairMmd } from './d2d.ts'
export { frobenius } from './frobenius.ts'
export { gaussianKl, type GaussianKlLoss, type GaussianKlOptions, type PairKl } from './gaussian-kl.ts'
export { hsic, hsicTarget, type HsicLoss, type HsicTarget } from './hsic.ts'
export { type Loss } from './loss.ts'
export { margin, type MarginLoss, type MarginOptions } from './margin.ts'
export {
  randomFourierMmdLoss,
  type PairFourierMmd,
  type RandomFourierLoss,
  type RandomFourierOptions,
} from './random-fourier-mmd.ts'
export { u2u } from './u2u.ts'
export { u2uDivergence, type ProfileDivergence, type U2uDivergenceOptions } from './u2u-divergence.ts'
