// A button that prints the page; without JavaScript it stays hidden, and the browser's own menu does it.
import { enhance } from "./enhance.js"

enhance("print", (button) => {
  button.hidden = false
  button.addEventListener("click", () => window.print())
})
