// What the host and a function's worker say to each other. Payloads travel as JSON text, as they do in Lambda.

export interface WorkerSettings {
  readonly directory: string
  /** "index.handler": the file's name without its ending, and the export. */
  readonly handler: string
  readonly functionName: string
  readonly functionArn: string
  readonly memoryMb: number
}

export interface Invoke {
  readonly requestId: string
  readonly payload: string
  /** Milliseconds since 1970 at which the host gives up. */
  readonly deadline: number
}

/** The shape in which Lambda reports a function's failure to whoever invoked it. */
export interface FunctionFailure {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type WorkerMessage =
  | { readonly kind: 'succeeded'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly failure: FunctionFailure }
  | { readonly kind: 'not-initialized'; readonly failure: FunctionFailure }
  | { readonly kind: 'output'; readonly text: string }
