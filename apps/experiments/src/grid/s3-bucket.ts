/** @file A bucket of an S3-compatible store: read, write, list. The client is optional: loaded when asked for. */

import { fileError, usageError } from '@indistinct/core'

export interface S3Bucket {
  /** s3://BUCKET/KEY, for people. */
  nameOf(key: string): string
  /** The key of `parts` below the prefix. */
  keyOf(...parts: string[]): string
  get(key: string): Promise<Uint8Array>
  put(key: string, body: Uint8Array | string): Promise<unknown>
  /** Entity tags of what is under `prefix` and ends with `suffix`, by key. */
  list(prefix: string, suffix: string): Promise<Map<string, string>>
  close(): void
}

/**
 * @throws IndistinctError 'usage' for another address than s3://BUCKET/PREFIX, or where the client is not installed.
 */
export async function s3Bucket(place: string): Promise<S3Bucket> {
  const address = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*?))?\/?$/.exec(place)
  if (!address) throw usageError(`--store: expected a folder or s3://BUCKET/PREFIX, got ${place}`)
  const [, bucket, prefix = ''] = address
  const { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } = await loadClient()
  const client = new S3Client({
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    // Buckets as host names need a name server that knows them, which stores of one's own mostly lack.
    forcePathStyle: process.env['AWS_ENDPOINT_URL_S3'] !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined,
    // Stores other than AWS's may not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const nameOf = (key: string): string => `s3://${bucket}/${key}`
  return {
    nameOf,
    keyOf: (...parts) => [prefix, ...parts].filter((part) => part !== '').join('/'),
    get: (key) =>
      guarded(`cannot read ${nameOf(key)}`, async () =>
        (await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body!.transformToByteArray(),
      ),
    put: (key, body) =>
      guarded(`cannot write ${nameOf(key)}`, () =>
        client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
      ),
    list: (prefix, suffix) =>
      guarded(`cannot list ${nameOf(prefix)}`, async () => {
        const found = new Map<string, string>()
        let token: string | undefined
        do {
          const page = await client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: `${prefix}/`,
              ...(token !== undefined && { ContinuationToken: token }),
            }),
          )
          for (const { Key, ETag } of page.Contents ?? []) if (Key?.endsWith(suffix)) found.set(Key, ETag ?? '')
          token = page.NextContinuationToken
        } while (token !== undefined)
        return found
      }),
    close: () => client.destroy(),
  }
}

/** Runs `work`; its failures in words. */
async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const { name, message } = cause as Error
    throw fileError(
      `${what}: ${name}${message && message !== name ? `: ${message.split('\n')[0]}` : ''}; address and ` +
        'credentials come from the environment (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)',
    )
  }
}

async function loadClient(): Promise<typeof import('@aws-sdk/client-s3')> {
  // It would tell users of Node 20 that versions later than the one they have installed need Node 22.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  try {
    return await import('@aws-sdk/client-s3')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw usageError('--store s3://…: needs one more package: npm install @aws-sdk/client-s3', { cause })
  }
}
