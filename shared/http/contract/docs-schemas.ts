// The bodies of requests and answers on the documentation page: each schema once, field by field.
import { type Html, html, together } from '../pages/page.ts'
import type { OpenApi, Schema } from './document.ts'
import { inline } from './markdown.ts'

/** Every schema that another part of the document refers to. */
export function bodies(document: OpenApi): Html {
  const references = JSON.stringify(document)
  const shown = Object.entries(document.components.schemas).filter(([name]) =>
    references.includes(`"${refTo(name)}"`),
  )
  return together(
    shown.map(
      ([name, schema]) => html`<article id="${anchorOf(name)}"><h3>${name}</h3>${body(schema)}</article>`,
    ),
  )
}

/** A link to the fields of a body; nothing for a body that has no schema. */
export function linkToFields(schema: Schema | undefined): Html {
  return schema?.$ref === undefined ? html`` : html` Fields: ${typeOf(schema)}.`
}

function body(schema: Schema): Html {
  return schema.properties ? fields(schema) : html`<p>${typeOf(schema)}</p>`
}

function fields({ properties = {}, required = [] }: Schema): Html {
  const entries = Object.entries(properties).map(
    ([name, field]) =>
      html`<dt><code>${name}</code> <span class="soft">${typeOf(field)}${required.includes(name) ? '' : ', optional'}</span></dt>
<dd>${inline(field.description ?? '')}${together(objectsIn(field).map(fields))}</dd>`,
  )
  return html`<dl>${together(entries)}</dl>`
}

/** The objects that a field consists of, whose fields are shown below it. */
function objectsIn(field: Schema): readonly Schema[] {
  return [field, ...(field.items ? [field.items] : []), ...(field.anyOf ?? [])].filter(
    ({ properties }) => properties,
  )
}

function typeOf({ $ref, type, items, anyOf, enum: values, const: value }: Schema): Html {
  if ($ref !== undefined) {
    const name = $ref.slice(refTo('').length)
    return html`<a href="#${anchorOf(name)}">${name}</a>`
  }
  if (values !== undefined) return html`one of ${inline(values.map((one) => `\`${one}\``).join(', '))}`
  if (value !== undefined) return html`always ${inline(`\`${value}\``)}`
  if (items !== undefined) return html`array of ${typeOf(items)}`
  if (anyOf !== undefined) return joined(anyOf.map(typeOf))
  return html`${[type ?? 'any'].flat().join(' or ')}`
}

function joined(types: readonly Html[]): Html {
  return together(types.map((type, i) => (i === 0 ? type : html` or ${type}`)))
}

const refTo = (name: string) => `#/components/schemas/${name}`
const anchorOf = (name: string) => `body-${name}`
