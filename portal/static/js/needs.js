// Shows only what the chosen move asks for. What is hidden is not sent.
import { enhance } from "./enhance.js"

enhance("needs", (form) => {
  const parts = [...form.querySelectorAll("[data-need]")]

  const show = () => {
    const chosen = form.querySelector("[data-needs]:checked")
    const needs = chosen ? chosen.dataset.needs.split(" ") : []
    for (const part of parts) {
      part.hidden = !needs.includes(part.dataset.need)
      for (const control of part.querySelectorAll("select, textarea, input")) control.disabled = part.hidden
    }
  }

  form.addEventListener("change", show)
  show()
})
