// The messages between the host and the functions' side. Payloads are JSON text, as in Lambda.

/** What a function knows about itself. */
export interface FunctionSettings {
  readonly functionName: string
  readonly functionArn: string
  readonly memoryMb: number
  /** "index.handler": the file's name without its extension, and the name of its export. */
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
  /** Milliseconds since 1970 at which the invocation times out. */
  readonly deadline: number
}

/** A function's failure, as Lambda reports it to the caller. */
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
