// The JSON that the service answered, which the command line prints field by field.
// biome-ignore lint/suspicious/noExplicitAny: the service's answers, shown as they are
export type Json = any
