/** The first argument with which completion scripts ask for completions; the words of the line follow. */
export const completionFlag = '--complete'
