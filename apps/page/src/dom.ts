/** @file Elements of the page, made without text that is parsed as markup. */

type Child = Node | string

type Properties = Readonly<Record<string, string | number | boolean | ((event: never) => void) | undefined>>

/** An element with attributes; functions listen to the event that `on…` names, and true stands for an empty value. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value as EventListener)
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/** A part of the page whose content is made anew as it changes. */
export function replace(place: Element, ...children: readonly Child[]): void {
  place.replaceChildren(...children)
}
