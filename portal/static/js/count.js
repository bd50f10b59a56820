// How many letters are left, shown at once and spoken when the writer pauses.
import { enhance, filled } from "./enhance.js"

const PAUSE = 1000

enhance("count", (area) => {
  const shown = document.getElementById(`${area.id}-count`)
  const spoken = document.createElement("span")
  spoken.className = "unseen"
  spoken.setAttribute("role", "status")
  shown.after(spoken)
  let waiting

  const words = () => {
    const left = Number(area.dataset.limit) - area.value.length
    return filled(left < 0 ? area.dataset.wordsOver : area.dataset.words, { n: Math.abs(left).toLocaleString(document.documentElement.lang) })
  }
  const say = () => {
    shown.textContent = words()
    shown.classList.toggle("field__count--over", area.value.length > Number(area.dataset.limit))
  }
  area.addEventListener("input", () => {
    say()
    clearTimeout(waiting)
    waiting = setTimeout(() => { spoken.textContent = words() }, PAUSE)
  })
  say()
})
