declare module '*?raw' {
  const text: string
  export default text
}

declare module '*?base64' {
  const text: string
  export default text
}

/** Of this program, and of ml-xgboost: vite.config.js fills them in. */
declare const VERSIONS: { readonly indistinct: string; readonly xgboost: string }

declare module '*?worker&inline' {
  const PageWorker: new () => Worker
  export default PageWorker
}
