/** @file What of decoded Parquet columns goes from thread to thread without a copy. */

/** @param {import('./parquet-pages.js').WorkerAnswer} answer @returns {ArrayBuffer[]} */
export function buffersOf(answer) {
  /** @type {Set<ArrayBuffer>} */
  const buffers = new Set()
  for (const { values, definition, repetition } of 'columns' in answer ? answer.columns : []) {
    const arrays = 'ends' in values ? [values.bytes, values.ends, values.codes] : [values]
    for (const array of [...arrays, definition, repetition])
      if (array) buffers.add(/** @type {ArrayBuffer} */ (array.buffer))
  }
  return [...buffers]
}
