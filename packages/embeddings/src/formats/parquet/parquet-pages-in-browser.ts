/** @file Parquet pages in a browser are decoded by the thread that asks: it is one that can be ended. */

export const askThread = undefined
