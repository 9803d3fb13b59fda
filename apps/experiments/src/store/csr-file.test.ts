import { csrFromPairs } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { csrBytes, readCsr } from './csr-file.ts'

const binary = csrFromPairs(3, 5, Int32Array.of(0, 0, 2), Int32Array.of(4, 1, 0))
const weighted = { ...binary, values: Float32Array.of(0.5, -1, 3) }

describe('csr files', () => {
  test.each([
    ['binary', binary],
    ['weighted', weighted],
  ])('a %s matrix comes back', (_, m) => {
    expect(readCsr(csrBytes(m), 'test.csr')).toEqual(m)
  })

  test('bytes that start anywhere in memory are read', () => {
    const shifted = new Uint8Array(csrBytes(weighted).length + 1)
    shifted.set(csrBytes(weighted), 1)
    expect(readCsr(shifted.subarray(1), 'test.csr')).toEqual(weighted)
  })

  test('a matrix without rows comes back', () => {
    const empty = csrFromPairs(0, 0, new Int32Array(0), new Int32Array(0))
    expect(readCsr(csrBytes(empty), 'test.csr')).toEqual(empty)
  })

  test('bytes cut short and foreign bytes are refused', () => {
    expect(() => readCsr(csrBytes(binary).subarray(0, 40), 'test.csr')).toThrow('test.csr: expected 52 bytes, got 40')
    expect(() => readCsr(Buffer.from('PK and nothing of ours, but long'), 'test.csr')).toThrow(
      'test.csr: expected a sparse matrix that starts with INDCSR1',
    )
    expect(() => readCsr(new Uint8Array(3), 'test.csr')).toThrow('test.csr')
  })
})
