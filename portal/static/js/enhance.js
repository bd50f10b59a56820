// Improves what the page already holds: an element names its improvement in data-enhance.
const ways = new Map()
const improved = new WeakMap()

export function enhance(name, way) {
  ways.set(name, way)
  improve(document)
}

export function part(element, name) {
  return element.querySelector(`[data-part="${name}"]`)
}

export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

function improve(root) {
  for (const element of root.querySelectorAll("[data-enhance]")) improveOne(element)
  if (root.dataset?.enhance) improveOne(root)
}

function improveOne(element) {
  const done = improved.get(element) ?? new Set()
  improved.set(element, done)
  for (const name of element.dataset.enhance.split(" ")) {
    if (!ways.has(name) || done.has(name)) continue
    done.add(name)
    ways.get(name)(element)
  }
}

document.addEventListener("htmx:after:process", (event) => improve(event.target))
