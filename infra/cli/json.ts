// The JSON of the service's answers, which the command line prints field by field.
// biome-ignore lint/suspicious/noExplicitAny: the command line prints the answers as they are
export type Json = any
