// What the host and the functions' side say to each other. Payloads travel as JSON text, as they do in Lambda.

/** What a function is told about itself. */
export interface FunctionSettings {
  readonly functionName: string
  readonly functionArn: string
  readonly memoryMb: number
  /** "index.handler": the file's name without its ending, and the export. */
  readonly handler: string
}

export interface WorkerSettings extends FunctionSettings {
  /** Folder of the bundle. */
  readonly directory: string
}

export interface Invoke {
  readonly functionName: string
  readonly requestId: string
  readonly payload: string
  /** Milliseconds since 1970 at which the host gives up. */
  readonly deadline: number
}

/** The shape in which Lambda reports a function's failure to its caller. */
export interface FunctionFailure {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type WorkerMessage =
  | { readonly kind: 'succeeded'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly failure: FunctionFailure }
  | { readonly kind: 'initialized' }
  | { readonly kind: 'not-initialized'; readonly failure: FunctionFailure }
  | { readonly kind: 'output'; readonly text: string }
