// Every export runs one task of a kernel: (task index, address of the argument block), called by runtime.ts.
export { propagate } from "./propagate";
export { adam } from "./adam";
export { gemm, gemmReduce, packPanels } from "./gemm";
export { scatterAdd } from "./scatter-add";
export { rbfMmd } from "./rbf-mmd";
