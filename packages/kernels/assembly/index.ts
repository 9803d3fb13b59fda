// Every export runs one task of a kernel: (task index, address of the argument block), called by runtime.ts.
export { propagate } from "./propagate";
