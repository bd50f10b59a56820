// The desk by keyboard: j and k walk the list, other keys go to the element that names them in data-key.
import { enhance, part } from "./enhance.js"

const OFF = "kisayollar-kapali"

enhance("keys", (help) => {
  const off = part(help, "off")
  off.checked = localStorage.getItem(OFF) === "1"
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"))

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.key === "?") return act(event, () => help.showModal())
    if (off.checked || help.open) return
    if (event.key === "j" || event.key === "k") return act(event, () => walk(event.key === "j" ? 1 : -1))
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    if (named) return act(event, () => reach(named))
    const opened = document.activeElement?.closest("a[data-open]")
    if (event.key === "e" && opened) act(event, () => { location.href = `${opened.href}#atama` })
  })
})

function act(event, what) {
  event.preventDefault()
  what()
}

function isTyping(element) {
  return element.matches("input, textarea, select, [contenteditable]")
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row] a[data-open]")]
  const here = rows.indexOf(document.activeElement)
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)]
  next?.focus()
  next?.scrollIntoView({ block: "nearest" })
}

function reach(element) {
  if (element.matches("a, button, summary")) element.click()
  else element.focus()
}
