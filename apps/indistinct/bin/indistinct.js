#!/usr/bin/env node
import '@indistinct/loader'

await import('../src/main.ts')
