// Workers do not inherit the loader of their parent.
import '@indistinct/loader'

await import('./main.ts')
