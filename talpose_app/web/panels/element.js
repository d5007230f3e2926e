/**
 * Makes DOM elements. Text goes in as text, never as HTML.
 *
 * @typedef {{ class?: string, text?: string, title?: string, attributes?: Record<string, string>,
 *   on?: { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void } }} ElementOptions
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {ElementOptions} [options]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  if (options.class) {
    node.className = options.class;
  }
  if (options.text !== undefined) {
    node.textContent = options.text;
  }
  if (options.title) {
    node.title = options.title;
  }
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    node.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(options.on ?? {})) {
    node.addEventListener(name, /** @type {EventListener} */ (listener));
  }
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name symbol of the sprite
 * @param {string} [className]
 * @returns {SVGSVGElement}
 */
export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `icons/sprite.svg#${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {Element} holder an element made with an icon inside
 * @param {string} name another symbol
 */
export function setIcon(holder, name) {
  const href = `icons/sprite.svg#${name}`;
  const use = holder.querySelector("use");
  if (use && use.getAttribute("href") !== href) {
    use.setAttribute("href", href);
  }
}

/**
 * A button with an icon and, if given, words.
 *
 * @param {{ icon: string, label: string, onClick: () => void, class?: string, text?: string }} options `label`: what it
 *   does, for the tooltip; the name for screen readers and speech control too, unless there are words to see
 * @returns {HTMLButtonElement}
 */
export function button({ icon: name, label, onClick, class: className = "button", text = "" }) {
  const node = element("button", {
    class: className,
    title: label,
    attributes: { type: "button" },
    on: { click: onClick },
  });
  node.append(icon(name));
  if (text) {
    node.append(element("span", { text }));
  } else {
    node.setAttribute("aria-label", label);
  }
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {string} label tooltip, and the accessible name of what shows no words
 */
export function setLabel(node, label) {
  if (node.title !== label) {
    node.title = label;
    if (node.textContent === "") {
      node.setAttribute("aria-label", label);
    }
  }
}

/**
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const node = document.getElementById(id);
  if (!(node instanceof type)) {
    throw new Error(`The page has no element "${id}" of the expected kind.`);
  }
  return node;
}
