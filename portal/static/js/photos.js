// Shows the chosen photos before they are sent.
import { enhance, filled } from "./enhance.js"

enhance("photos", (field) => {
  const input = field.querySelector("input[type=file]")
  const said = field.querySelector(".upload__said")
  const list = field.querySelector(".upload__list")
  const most = Number(field.dataset.most)

  input.addEventListener("change", () => {
    const files = [...input.files]
    const tooMany = files.length > most
    list.replaceChildren(...files.slice(0, most).map(shot))
    said.classList.toggle("upload__said--over", tooMany)
    said.textContent = files.length
      ? filled(tooMany ? field.dataset.wordsOver : field.dataset.words, { n: files.length, most })
      : ""
  })
})

function shot(file) {
  const item = document.createElement("li")
  const picture = document.createElement("img")
  const address = URL.createObjectURL(file)
  item.className = "upload__shot"
  picture.className = "upload__picture"
  picture.alt = ""
  picture.addEventListener("load", () => URL.revokeObjectURL(address))
  // iPhone photos cannot be drawn by every browser; the name is enough.
  picture.addEventListener("error", () => picture.remove())
  picture.src = address
  item.append(picture, document.createTextNode(file.name))
  return item
}
