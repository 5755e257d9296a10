/** A value as text in which a secret would be seen if it were there in clear: bytes are shown as characters. */
export function readable(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    member instanceof Uint8Array ? Buffer.from(member).toString('latin1') : member,
  )
}
