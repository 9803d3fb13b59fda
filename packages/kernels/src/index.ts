export { allocate, allocateInt32, kernelMemoryBytes, release } from './memory.ts'
export { propagate } from './propagate.ts'
export { nullMmd, rbfMmd, type MmdOptions, type MmdResult } from './rbf-mmd.ts'
export type { TwoSamples } from './row-groups.ts'
export {
  featureSums,
  mmdOfFeatures,
  randomFourierMmd,
  setFeatureGradient,
  type FeaturePlace,
  type FourierMmd,
  type FourierOptions,
} from './random-fourier.ts'
export { randomFrequencies } from './random-frequencies.ts'
export { addAffine, crossMoments, squareMoments } from './row-moments.ts'
export { scoreTopK } from './score-top-k.ts'
export { setThreads, threads } from './runtime.ts'
export { adamStep, type AdamOptions } from './adam.ts'
export { chosenEngine, engines, type Engine } from './engine.ts'
export { nearestCandidates, type NearestBlock, type NearestOptions } from './nearest64.ts'
export { gaussianRows, product64, product64NT, product64TN, type Dense } from './product64.ts'
export { gemmNN, gemmNT, gemmTN, type GemmOptions } from './gemm.ts'
export { perceptronBackward, perceptronForward, type PerceptronBatch, type PerceptronLayers } from './perceptron.ts'
export { scatterAdd } from './scatter-add.ts'
export { sumRows, type Counts } from './sum-rows.ts'
export { bprGradient, decayUsed, type Triplets } from './bpr.ts'
export { layerMean } from './layer-mean.ts'
export { sampleUnseen } from './sample-unseen.ts'
export { nmfGradient } from './nmf/nmf.ts'
export { nmfTopK, type NmfUsers } from './nmf/nmf-top-k.ts'
export { nmfLayout, nmfSize, type NmfBatch, type NmfShape, type Placed } from './nmf/nmf-layout.ts'
export { symmetricEigen } from './eigen/symmetric-eigen.ts'
