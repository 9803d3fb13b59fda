/** @file `@indistinct/embeddings/stream`: work on tables larger than memory. Apart, since it loads the kernels. */

export type { StreamOptions } from './stream/row-blocks.ts'
export { watchLengths } from './row-length.ts'
export { streamAffine, type StreamAffineOptions, type StreamedMap, type StreamedTable } from './stream/stream-affine.ts'
export { watchDimensions, watchRows, type WatchedDimensions } from './stream/watched-rows.ts'
export { streamClassMoments, type StreamedMoments } from './stream/stream-moments.ts'
