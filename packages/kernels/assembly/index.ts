// Every export runs one task of a kernel: (task index, address of the argument block), called by runtime.ts.
export { propagate } from "./propagate";
export { adam } from "./adam";
export { gemm, packPanels, sumParts } from "./gemm";
export { perceptronBackward, perceptronForward, perceptronGradients } from "./perceptron";
export { scatterAdd } from "./scatter-add";
export { sumRows } from "./sum-rows";
export { rbfMmd } from "./rbf-mmd";
export { bprGather, bprLists, bprWeights, decayUsed } from "./bpr";
export { layerMean } from "./layer-mean";
export { sampleUnseen } from "./sample-unseen";
export { scoreTopK } from "./score-top-k";
export { nmfRank, nmfScatter, nmfStep } from "./nmf";
export { fourierFeatures } from "./random-fourier";
export { addAffine, crossMoments } from "./row-moments";
export { nearest64 } from "./nearest64";
export { gaussian64, product64 } from "./product64";
export { matVec64 } from "./mat-vec64";
