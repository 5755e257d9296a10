// What an OpenID provider keeps, in memory: its own store of that kind is for a first try, and says so at every start.
import type { AdapterFactory, AdapterPayload } from 'oidc-provider'

/** Nothing expires in here: whoever reads an artifact looks at its `exp`. */
export function openIdMemory(): AdapterFactory {
  const items = new Map<string, AdapterPayload>()
  return (model) => {
    const key = (id: string) => `${model}:${id}`
    const withMember = (member: 'uid' | 'userCode', value: string) =>
      [...items].find(([place, item]) => place.startsWith(key('')) && item[member] === value)?.[1]
    return {
      upsert: async (id, item) => void items.set(key(id), item),
      find: async (id) => items.get(key(id)),
      findByUid: async (uid) => withMember('uid', uid),
      findByUserCode: async (userCode) => withMember('userCode', userCode),
      consume: async (id) => {
        const item = items.get(key(id))
        if (item !== undefined) item.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => void items.delete(key(id)),
      revokeByGrantId: async (grantId) => {
        for (const [place, item] of items) if (item.grantId === grantId) items.delete(place)
      },
    }
  }
}
