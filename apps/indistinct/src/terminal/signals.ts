/**
 * @file Signals. While nothing is being written, Ctrl-C and SIGTERM keep their default action: they end the process at
 * once, also in the middle of a synchronous kernel, where no handler could run. While files are being written the
 * signal waits until the last one has its final name, so that no temporary file is left behind.
 */

const exitOf = { SIGINT: 130, SIGTERM: 143 } as const

type Signal = keyof typeof exitOf

/** Runs `write`, which writes files; a signal that comes meanwhile ends the process afterwards. */
export async function writingFiles<T>(write: () => Promise<T>): Promise<T> {
  let received: Signal | undefined
  const note = (signal: Signal): void => {
    received ??= signal
  }
  const stop = listen(note)
  try {
    return await write()
  } finally {
    // A signal that came while the thread was busy is delivered when the event loop polls, between two turns.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
    stop()
    if (received !== undefined) process.exit(exitOf[received])
  }
}

/**
 * Runs asynchronous `work` that cleans up behind itself when its signal aborts, then ends the process.
 */
export async function abortable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let received: Signal | undefined
  const stop = listen((signal) => {
    received ??= signal
    controller.abort()
  })
  try {
    return await work(controller.signal)
  } finally {
    stop()
    if (received !== undefined) process.exit(exitOf[received])
  }
}

/** The first process of a container has no default action for signals: there, at least asynchronous work ends. */
export function handleSignalsOfFirstProcess(): void {
  if (process.pid === 1) listen((signal) => process.exit(exitOf[signal]))
}

function listen(handler: (signal: Signal) => void): () => void {
  for (const signal of Object.keys(exitOf)) process.on(signal, handler)
  return () => {
    for (const signal of Object.keys(exitOf)) process.off(signal, handler)
  }
}
