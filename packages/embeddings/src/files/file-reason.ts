/** @file What stood in the way of reading a file, in words. */

/** What the system puts in place of bytes of a name that are no UTF-8. */
const NOT_TEXT = '\ufffd'

export function fileReason({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT')
    return path?.includes(NOT_TEXT)
      ? 'no such file; where its name has bytes that are not UTF-8, rename it'
      : 'no such file'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'a file stands where its name has a folder'
  return code === 'ELOOP' ? 'it is a link that leads to itself' : message
}
