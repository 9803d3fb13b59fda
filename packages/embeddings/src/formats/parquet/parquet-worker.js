/** @file The thread that decodes Parquet pages: what it reads is not trusted, so it may be ended at any time. */

import { readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { buffersOf } from './column-buffers.js'
import { decodeRequests } from './parquet-pages.js'

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort)

port.on('message', (/** @type {import('./parquet-pages.js').WorkerRequest} */ { fd, requests }) => {
  const answer = decodeRequests(requests, (position, count) => {
    const target = new Uint8Array(count)
    for (let at = 0; at < count;) {
      const found = readSync(fd, target, at, Math.min(1 << 22, count - at), position + at)
      if (found === 0) throw new Error('a file that ends early')
      at += found
    }
    return target
  })
  port.postMessage(answer, buffersOf(answer))
})
