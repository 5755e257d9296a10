// Creates elements without a framework. Every text is added as text, never as markup.

type Attributes = Readonly<Record<string, string | boolean | EventListener>>

/** `h('button', { class: 'primary', onclick: connect }, 'Connect')` */
export function h(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice('on'.length), value)
    else if (value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children)
  return element
}
